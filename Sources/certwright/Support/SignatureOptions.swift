import ArgumentParser
import Git
import Reconciler

/// The flags of commands that demand signatures of the change that they read.
struct SignatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Demand that every commit since the last applied one that changes desired state is signed by"
        + " somebody in this OpenSSH allowed-signers file.", valueName: "file"))
  var requireSignatures: String?

  @Option(
    help: ArgumentHelp(
      "A YAML file of rules that say whose signatures which files need.", valueName: "file"))
  var signersPolicy: String?

  private var policy: String? { signersPolicy ?? EnvironmentVariable.text("signers-policy") }
  private var signers: String? {
    requireSignatures ?? EnvironmentVariable.text("require-signatures")
  }

  func validate() throws {
    if policy != nil, signers == nil {
      throw ValidationError("--signers-policy needs --require-signatures")
    }
  }

  /// The options of a run that demands what these flags say.
  func demanding(
    _ options: Options, for repository: borrowing Repository
  ) throws(ReconcileError) -> Options {
    guard let signers else { return options }
    var options = options
    options.signers = try SignerRequirement.read(
      signers, policy: policy, options, for: repository)
    return options
  }
}
