import NegativeSpacePipelines
import Testing

struct SHA256Tests {
  /// The examples of NIST's FIPS 180-4, and `python3 -c "import hashlib; print(hashlib.sha256(b'a' * n).hexdigest())"`.
  @Test(arguments: [
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func `Digests are the standard's`(_ text: String, _ digest: String) {
    #expect(SHA256.hexadecimal(of: text.utf8) == digest)
  }

  @Test func `Pieces give the digest of the whole`() {
    var hash = SHA256()
    for length in [0, 1, 63, 64, 65, 127, 200] { hash.update(Array(repeating: UInt8(ascii: "a"), count: length)) }
    #expect(hash.hexadecimal == SHA256.hexadecimal(of: Array(repeating: UInt8(ascii: "a"), count: 520)))
  }
}
