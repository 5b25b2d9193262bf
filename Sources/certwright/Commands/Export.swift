import ArgumentParser
import Cryptography
import PKI
import Reconciler

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Hand out a managed identity with its private key.",
    discussion: """
      Finds the identity's current certificate on the published branch and its private key in the \
      key store, and writes both with the chain as a PKCS#12 or a PEM file, readable by its owner \
      alone.

      Passphrases come from files or from the environment, never from the command line: \
      CERTWRIGHT_EXPORT_PASSPHRASE protects what is written, CERTWRIGHT_PASSPHRASE opens the store.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case pkcs12
    case pem
  }

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The identity's name.")
  var identity: String

  @Option(help: "What to write. PKCS#12 needs a passphrase; PEM is encrypted when there is one.")
  var format: Format

  @Flag(help: "Write PKCS#12 with 3DES and SHA-1, for readers from before 2020. Not safe.")
  var legacy = false

  @Option(help: ArgumentHelp("Where to write. (default: standard output)", valueName: "file"))
  var out: String?

  @Flag(help: "Replace the file when it is there.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "A file whose first line is the passphrase for what is written.", valueName: "file"))
  var exportPassphraseFile: String?

  @Option(
    help: ArgumentHelp(
      "A file whose first line is the passphrase of the key store.", valueName: "file"))
  var passphraseFile: String?

  func validate() throws {
    if legacy, format != .pkcs12 { throw ValidationError("--legacy is for --format pkcs12") }
    if force, out == nil { throw ValidationError("--force needs --out") }
  }

  func run() throws {
    let options = global.options()
    try Run.withRepository(global, options) { repository, options in
      let form = try form()
      if out == nil, Terminal.isResultTerminal {
        throw ReconcileError.invalid(
          "a private key is not written to a terminal", hint: "name a file with --out")
      }
      let export = IdentityExport(
        options, passphrase: try PassphraseSource.read(file: passphraseFile))
      var file = try export.export(identity, as: form, in: repository)
      defer { file.wipe() }
      guard let out else { return try Terminal.writeResult(file) }
      try SecretFile.write(file, to: out, replaces: force)
      Terminal.writeError("wrote \"\(out)\", readable by you alone")
    }
  }

  private func form() throws -> IdentityExport.Form {
    let passphrase = try PassphraseSource.read(exportFile: exportPassphraseFile)
    switch format {
    case .pem: return .pem(passphrase)
    case .pkcs12:
      guard let passphrase else {
        throw ReconcileError.invalid(
          "a PKCS#12 file needs a passphrase",
          hint: "name a file with --export-passphrase-file, or set CERTWRIGHT_EXPORT_PASSPHRASE")
      }
      return .pkcs12(passphrase, legacy ? .legacy : .modern)
    }
  }
}
