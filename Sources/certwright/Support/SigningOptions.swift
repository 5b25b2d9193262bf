import ArgumentParser
import Cryptography
import Reconciler

/// The flag of commands that write to the published branch.
struct SigningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Sign published commits with this private key, as git signs with SSH keys.",
      valueName: "file"))
  var signingKey: String?

  /// The options of a run that signs with this key.
  func signing(_ options: Options) throws(ReconcileError) -> Options {
    guard let path = signingKey ?? EnvironmentVariable.text("signing-key") else { return options }
    var options = options
    do throws(KeyStoreError) {
      options.signingKey = try SSHSigningKey.file(path)
    } catch {
      throw .keys(error)
    }
    return options
  }
}
