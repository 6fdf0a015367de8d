import NegativeSpaceFiles
import Testing

struct PathPartsTests {
  @Test(arguments: [
    ("m", "", "", "m"), ("a.b", "", "b", "a"), ("/", "", "", "/"), ("", "", "", ""), ("/a", "/", "", "/a"),
    ("x/y.tar.gz", "x", "gz", "x/y.tar"), ("x.d/y", "x.d", "", "x.d/y"), (".hidden", "", "", ".hidden"),
    ("x//y/", "x", "", "x//y"), ("é/ü.png", "é", "png", "é/ü"),
  ])
  func `A path comes apart as it is written`(_ path: String, _ parent: String, _ ending: String, _ rest: String) {
    #expect(path.withoutEnding == rest)
    #expect(path.pathEnding == ending)
    #expect(path.parentFolder == (path == "/" ? "/" : parent))
  }
}
