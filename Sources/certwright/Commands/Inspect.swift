import ArgumentParser
import PKI
import Reconciler

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show a certificate, request, CRL or record for people.",
    discussion: """
      Takes a file (PEM with any number of blocks, DER, or a record of the ledger), the name of an \
      identity or authority, or a serial number as openssl prints it. Names and serials are looked \
      up on the published branch, which also says what has become of a certificate.

      A file with a private key in it is refused.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: ArgumentHelp("What to show.", valueName: "file|name|serial"))
  var subject: String

  func run() throws {
    let options = global.options()
    try Run.reporting {
      let found = try Inspection(options).inspect(subject)
      switch output.format {
      case .text: try Terminal.writeResult(found.map(\.text).joined(separator: "\n"))
      case .json: try Terminal.writeResult(JSON.array(found.map(\.json)).pretty)
      }
    }
  }
}
