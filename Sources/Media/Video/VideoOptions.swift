/// The compression settings of a video.
package struct VideoOptions: Sendable, Equatable {
  /// x264's constant rate factor: 0 nothing lost, 17 no loss that is seen, 51 worst.
  package var quality: Int
  /// x264's exchange of time for size.
  package var preset: Preset

  /// x264's presets, from the fastest to the smallest.
  package enum Preset: String, Sendable, CaseIterable {
    case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow
  }

  /// `quality` outside 0…51 is brought into it.
  package init(quality: Int = 17, preset: Preset = .medium) {
    self.quality = max(0, min(51, quality))
    self.preset = preset
  }
}
