import Foundation
import Testing

/// An ssh server of one test with a host key, a client key and known_hosts of its own.
final class SSHRemote: Sendable {
  let remotes: RemoteWorld
  let port: Int
  private let process: BackgroundProcess

  init(_ remotes: RemoteWorld) throws {
    self.remotes = remotes
    let folder = remotes.world.folder
    port = try FreePort.take()
    for (name, passphrase) in [("host", ""), ("client", ""), ("locked", "geheim"), ("other", "")] {
      try Program.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", name], in: folder.root
      ).expect()
    }
    try folder.write("authorized_keys", folder.text("client.pub") + folder.text("locked.pub"))
    let configuration = try folder.write(
      "sshd_config",
      """
      ListenAddress 127.0.0.1:\(port)
      HostKey \(folder.url("host").path)
      AuthorizedKeysFile \(folder.url("authorized_keys").path)
      PidFile none
      StrictModes no
      UsePAM no
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      MaxStartups 100

      """)
    // Debian's start script makes it; sshd wants it when it runs as root.
    try? FileManager.default.createDirectory(
      atPath: "/run/sshd", withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o755])
    process = try ServerProcess.start(
      ["/usr/sbin/sshd", "-D", "-e", "-f", configuration.path], in: folder.root,
      log: "sshd.log")
    try ServerProcess.wait(for: "an ssh server") {
      try folder.text("sshd.log").contains("Server listening")
    }
    try trust("host")
  }

  /// Writes known_hosts with the public half of a key, or nothing.
  func trust(_ key: String?) throws {
    let folder = remotes.world.folder
    let line = try key.map { name in
      let parts = try folder.text("\(name).pub").split(separator: " ").prefix(2)
      return "[127.0.0.1]:\(port) \(parts.joined(separator: " "))\n"
    }
    try folder.write("home/.ssh/known_hosts", line ?? "")
  }

  var address: String { "ssh://\(NSUserName())@127.0.0.1:\(port)\(remotes.remote.path)" }

  func runner(_ name: String = "a", key: String? = "client") -> RemoteWorld.Runner {
    let folder = remotes.world.folder
    var runner = remotes.runner(name, address: address)
    runner.environment["HOME"] = folder.url("home").path
    runner.environment["CERTWRIGHT_SSH_KEY"] = key.map { folder.url($0).path }
    return runner
  }
}
