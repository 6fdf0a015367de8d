/// MT19937, the generator under both PyTorch's CPU random numbers and NumPy's legacy ones.
///
/// Matsumoto and Nishimura 1998, "Mersenne Twister", with the 2002 initialisation.
struct MersenneTwister: Codable, Equatable, Sendable {
  private static let size = 624
  private static let shift = 397

  private var state: [UInt32]
  /// Index of the next word; `size` when a new block is due.
  private var position: Int

  init(seed: UInt32) {
    state = [UInt32](repeating: seed, count: Self.size)
    for index in 1..<Self.size {
      let previous = state[index - 1]
      state[index] = 1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(index)
    }
    position = Self.size
  }

  /// The next 32 random bits.
  mutating func next() -> UInt32 {
    if position == Self.size { refill() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  private mutating func refill() {
    state.withUnsafeMutableBufferPointer { state in
      for index in 0..<Self.size {
        let mixed = (state[index] & 0x8000_0000) | (state[(index + 1) % Self.size] & 0x7FFF_FFFF)
        let twist: UInt32 = mixed & 1 == 0 ? 0 : 0x9908_B0DF
        state[index] = state[(index + Self.shift) % Self.size] ^ (mixed >> 1) ^ twist
      }
    }
    position = 0
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    state = try values.decode([UInt32].self, forKey: .state)
    position = try values.decode(Int.self, forKey: .position)
    guard state.count == Self.size, (0...Self.size).contains(position) else {
      throw DecodingError.dataCorruptedError(
        forKey: .state, in: values,
        debugDescription: "\(state.count) words at \(position); a Mersenne Twister has \(Self.size) words")
    }
  }
}
