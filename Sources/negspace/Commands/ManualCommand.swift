import ArgumentParser

/// `negspace manual`: the manual page, which `make install` puts where `man` looks.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page, for man.", shouldDisplay: false)

  func run() throws { try Console.result(ManualPage(try CommandDescription.program()).text) }
}
