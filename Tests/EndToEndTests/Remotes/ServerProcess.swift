import Foundation
import Glibc
import Testing

/// Servers of one test, in its folder.
enum ServerProcess {
  static func start(_ arguments: [String], in folder: URL, log: String) throws -> BackgroundProcess
  {
    try BackgroundProcess(
      ["env", "-C", folder.path, "HOME=\(folder.path)", "GIT_CONFIG_GLOBAL=/dev/null"] + arguments,
      log: folder.appending(path: log))
  }

  /// Waits until something is true.
  static func wait(for what: String, seconds: Double = 30, _ isTrue: () throws -> Bool) throws {
    let end = Date().addingTimeInterval(seconds)
    while try !isTrue() {
      guard Date() < end else { throw ToolFailure(description: "\(what) did not happen") }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }
}

extension TemporaryFolder {
  func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }
}
