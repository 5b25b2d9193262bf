import ArgumentParser
import Git
import PKI
import Reconciler

/// Tells the host's hooks what a command did.
struct Notifier {
  private let hooks: HookFolder?
  private let options: Options
  private let command: String

  init(_ hooks: HookFolder?, _ options: Options, command: String) {
    self.hooks = hooks
    self.options = options
    self.command = command
  }

  func notify(_ event: HookFolder.Event, _ members: [(String, JSON?)] = []) {
    let common: [(String, JSON?)] = [
      ("event", .string(event.rawValue)), ("command", .string(command)),
      ("time", .string(options.now.description)),
      ("repository", .string(RemoteURL.shown(options.repository))),
    ]
    hooks?.run(event, .members(common + members))
  }

  /// Tells how a command fails.
  func failed(_ error: ReconcileError) {
    if case .unpushed = error { return notify(.unpushed, failure(error)) }
    notify(.failed, failure(error))
  }

  private func failure(_ error: ReconcileError) -> [(String, JSON?)] {
    var findings: [Finding] = []
    if case .findings(let found) = error { findings = found }
    return [
      ("error", .string(error.message)), ("hint", error.hint.map { .string($0) }),
      (
        "findings",
        findings.isEmpty ? nil : .strings(findings.map { "\($0.place): \($0.message)" })
      ),
    ]
  }
}
