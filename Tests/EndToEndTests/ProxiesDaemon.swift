import Foundation
import PKI

/// A real proxy, run from a bundle in a folder of its own.
final class Daemon: Sendable {
  let software: ProxySoftware
  /// Where the bundle lies; the proxy's declared directory.
  let directory: URL
  private let folder: TemporaryFolder
  private let process: BackgroundProcess
  private let ports: [Int]

  /// Starts the software on a bundle that lies in `folder` below `bundle/`, and waits until it
  /// listens.
  init(_ software: ProxySoftware, in folder: TemporaryFolder, ports: [Int]) throws {
    self.software = software
    self.folder = folder
    self.ports = ports
    directory = folder.url("bundle")
    process = try BackgroundProcess(
      Daemon.arguments(software, folder), log: folder.url("daemon.log"))
    do {
      try Daemon.waitForPorts(ports, while: { [process] in process.isRunning })
    } catch {
      throw ToolFailure(description: "\(error): \(process.logged)")
    }
  }

  /// What the software's own checker says about a bundle: nothing but success will do.
  static func complaints(_ software: ProxySoftware, in folder: TemporaryFolder) throws -> String {
    let result = try Tool.run(checkArguments(software, folder))
    let text = result.output + result.errors
    let fine = [
      "configuration file \(folder.root.path)/bundle/nginx.conf test is successful",
      "configuration file \(folder.root.path)/bundle/nginx.conf syntax is ok",
      "Configuration file is valid", "Syntax OK",
    ]
    let lines = text.split(separator: "\n").filter { line in
      !fine.contains { line == $0 || line == "nginx: the " + $0 || line == "nginx: " + $0 }
    }
    return lines.joined(separator: "\n") + (result.status == 0 ? "" : "\nstatus \(result.status)")
  }

  /// Reads the bundle again as the software's documentation says, and waits until the new
  /// configuration serves.
  func reload() throws {
    switch software {
    case .nginx: process.signal(SIGHUP)
    case .haproxy: process.signal(SIGUSR2)
    case .apache: process.signal(SIGUSR1)
    }
    usleep(1_200_000)
    do {
      try Daemon.waitForPorts(ports, while: { [process] in process.isRunning })
    } catch {
      let errors = try? String(contentsOf: folder.url("error.log"), encoding: .utf8)
      throw ToolFailure(description: "\(error): \(process.logged)\(errors ?? "")")
    }
  }

  var log: String { process.logged }

  func stop() { process.stop() }

  private static func arguments(_ software: ProxySoftware, _ folder: TemporaryFolder) -> [String] {
    let bundle = folder.url("bundle").path
    switch software {
    case .nginx:
      let globals =
        "daemon off; pid \(folder.root.path)/nginx.pid; error_log \(folder.root.path)/error.log;"
      return ["nginx", "-e", "stderr", "-c", "\(bundle)/nginx.conf", "-g", globals]
    case .haproxy:
      return ["haproxy", "-W", "-db", "-f", "\(bundle)/haproxy.cfg"]
    case .apache:
      return ["apache2", "-DFOREGROUND", "-f", "\(bundle)/httpd.conf"] + apacheGlobals(folder)
    }
  }

  private static func checkArguments(
    _ software: ProxySoftware, _ folder: TemporaryFolder
  ) -> [String] {
    let bundle = folder.url("bundle").path
    switch software {
    case .nginx:
      return ["nginx", "-t", "-e", "stderr", "-c", "\(bundle)/nginx.conf"]
        + ["-g", "pid \(folder.root.path)/nginx-check.pid;"]
    case .haproxy: return ["haproxy", "-c", "-f", "\(bundle)/haproxy.cfg"]
    case .apache: return ["apache2", "-t", "-f", "\(bundle)/httpd.conf"] + apacheGlobals(folder)
    }
  }

  private static func apacheGlobals(_ folder: TemporaryFolder) -> [String] {
    ["PidFile \(folder.root.path)/apache.pid", "DefaultRuntimeDir \(folder.root.path)"]
      .flatMap { ["-C", $0] } + ["-c", "ErrorLog \(folder.root.path)/error.log"]
  }

  static func waitForPorts(_ ports: [Int], while isRunning: () -> Bool) throws {
    let end = Date(timeIntervalSinceNow: 20)
    var waiting = ports[...]
    while let port = waiting.first {
      if connects(port) {
        waiting.removeFirst()
      } else if !isRunning() || Date() > end {
        throw ToolFailure(description: "nobody listens on port \(port)")
      } else {
        usleep(20_000)
      }
    }
  }

  private static func connects(_ port: Int) -> Bool {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
