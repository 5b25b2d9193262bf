import ArgumentParser
import Foundation
import Git
import PKI
import Reconciler

/// Flags about other repositories.
struct RemoteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Work in a clone of certwright's own, and push what is published there.",
      valueName: "remote|url"))
  var push: String?

  @Option(
    help: ArgumentHelp(
      "The folder of certwright's own clones. (default: $XDG_DATA_HOME/certwright/clones)",
      valueName: "dir"))
  var clones: String?

  @Option(
    help: ArgumentHelp("How long one fetch or push may take.", valueName: "lifetime"))
  var networkTimeout = EnvironmentVariable.text("network-timeout") ?? "60s"

  @Option(
    help: ArgumentHelp(
      "The private key for ssh. (default: the keys of the ssh agent)", valueName: "file"))
  var sshKey: String?

  private static let standardLimit = Lifetime(seconds: 60)

  func validate() throws {
    guard Lifetime(networkTimeout) != nil else {
      throw ValidationError(
        "--network-timeout \"\(networkTimeout)\" is not a number and a unit such as 60s")
    }
  }

  var choice: RemoteChoice {
    let folder = FileManager.default.currentDirectoryPath
    let clones = clones ?? EnvironmentVariable.text("clones") ?? DataFolder.path + "/clones"
    return RemoteChoice(
      push: push ?? EnvironmentVariable.text("push"),
      clones: clones.hasPrefix("/") ? clones : "\(folder)/\(clones)",
      client: RemoteClient(
        command: ["/proc/self/exe", NetworkProcess.name], access: access,
        limit: Lifetime(networkTimeout) ?? Self.standardLimit),
      folder: folder, random: { Int.random(in: $0) })
  }

  /// Secrets come from the environment: every user of the host can see arguments.
  private var access: RemoteAccess {
    RemoteAccess(
      token: EnvironmentVariable.text("token"),
      sshKey: sshKey ?? EnvironmentVariable.text("ssh-key"),
      sshPassphrase: EnvironmentVariable.text("ssh-passphrase"),
      authorityFile: ProcessInfo.processInfo.environment["GIT_SSL_CAINFO"])
  }
}
