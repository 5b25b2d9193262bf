import ArgumentParser
import PKI
import Reconciler

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Audit the whole published branch from its bytes and its history.",
    discussion: """
      Judges every certificate, CRL, record and rendered file, and every commit since the first: \
      signatures, paths, profiles, serials, that the ledger only grew, that no CRL forgot a serial, \
      and that no private key was ever committed. Needs no keys and no network, and writes nothing.

      Every problem is one line that begins with a path or a commit. Exits with 1 when there is any.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "Demand that published commits are signed by somebody in this OpenSSH allowed-signers file.",
      valueName: "file"))
  var publishedSigners: String?

  func run() throws {
    let options = global.options()
    try Run.withRepository(global, options) { repository, options in
      let signers = try (publishedSigners ?? EnvironmentVariable.text("published-signers"))
        .map { file throws(ReconcileError) in
          try SignerRequirement.allowedSigners(file, options, for: repository)
        }
      let report = try Audit(options, signers: signers).run(in: repository)
      switch output.format {
      case .text: try Terminal.writeResult(report.text)
      case .json: try Terminal.writeResult(report.json.pretty)
      }
      if !report.isClean { throw ExitStatus.error }
    }
  }
}
