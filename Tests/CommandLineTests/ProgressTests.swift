import Testing

@testable import negspace

struct ProgressTests {
  @Test func `The time left is told by what was done since the clock started`() {
    #expect(Progress.pace(20, of: 60, before: 0, in: 40) == "2.00 s each  1 min 20 s left")
    // A run that goes on at step 120: its first ten steps took 50 seconds.
    #expect(Progress.pace(130, of: 240, before: 120, in: 50) == "5.00 s each  9 min 10 s left")
    #expect(Progress.pace(40, of: 50, before: 0, in: 10) == "4.00/s  3 s left")
  }

  @Test func `Where pieces differ the share of the work counts`() {
    #expect(Progress.pace(1, of: 10, before: 0, in: 30, share: 0.5) == "30.00 s each  30 s left")
  }
}
