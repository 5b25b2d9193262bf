import Foundation
import PKI

/// Executables of the host that are told what happened, one for each event, as git has its hooks.
struct HookFolder: Sendable {
  /// The name of the executable that an event runs.
  enum Event: String, CaseIterable, Sendable {
    /// A run has published something.
    case applied
    /// Something in desired state waits for approval.
    case waiting
    /// A run ended with an error, or could not do all that it was asked to.
    case failed
    /// What was published here could not be pushed yet.
    case unpushed
    case suspended
    case resumed
    /// An emergency revocation was carried out; `applied` follows.
    case revoked
  }

  /// A hook that hangs must not hang the job.
  private static let limit = Duration.seconds(30)

  let folder: String

  init(_ folder: String) {
    self.folder = folder
  }

  /// Runs the event's executable, if there is one, with a JSON document on standard input.
  ///
  /// What it writes goes to standard error. Its failure is said there and changes nothing: what is
  /// published is published.
  func run(_ event: Event, _ document: JSON) {
    let path = "\(folder)/\(event.rawValue)"
    guard FileManager.default.isExecutableFile(atPath: path) else { return }
    do {
      try execute(path, document)
    } catch {
      Terminal.writeError("warning: the hook \"\(path)\" cannot be run: \(error)")
    }
  }

  private func execute(_ path: String, _ document: JSON) throws {
    let process = try HookProcess(
      path, input: document.prettyBytes, environment: Self.environment)
    switch process.wait(atMost: Self.limit) {
    case .exited(0): break
    case .exited(let code):
      Terminal.writeError("warning: the hook \"\(path)\" exited with \(code)")
    case .signalled(let signal):
      Terminal.writeError("warning: the hook \"\(path)\" was ended by signal \(signal)")
    case .tooLate:
      Terminal.writeError("warning: the hook \"\(path)\" ran too long and was ended")
    }
  }

  /// The variables of this process without the secrets among them.
  private static var environment: [String: String] {
    ProcessInfo.processInfo.environment.filter { name, _ in
      !(name.hasPrefix("CERTWRIGHT_") && secrets.contains { name.hasSuffix($0) })
    }
  }

  private static let secrets = ["PASSPHRASE", "TOKEN", "PASSWORD", "KEY"]
}
