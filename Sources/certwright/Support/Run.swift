import ArgumentParser
import Git
import PKI
import Reconciler

/// Runs a command's work and turns what went wrong into messages and an exit code.
enum Run {
  /// - Parameter failing: is told of an error before the command ends with it.
  static func reporting(
    failing: (ReconcileError) -> Void = { _ in }, _ work: () throws -> Void
  ) throws {
    do {
      try work()
    } catch let error as ReconcileError {
      defer { failing(error) }
      throw report(error)
    } catch let error as GitError {
      defer { failing(.git(error)) }
      throw report(.git(error))
    }
  }

  /// Writes the error and returns the exit code that goes with it.
  static func report(_ error: ReconcileError) -> ExitCode {
    if case .findings(let findings) = error {
      report(findings)
      Terminal.writeError("error: \(error.message)")
      return findings.allSatisfy(\.isPolicyRefusal) ? ExitStatus.refused : ExitStatus.error
    }
    Terminal.writeError("error: \(error.message)")
    if let hint = error.hint { Terminal.writeError("hint: \(hint)") }
    return error.exitCode
  }

  static func report(_ findings: [Finding]) {
    for finding in findings {
      Terminal.writeError("error: \(finding.place): \(finding.message)")
      if let hint = finding.hint { Terminal.writeError("hint: \(hint)") }
    }
  }

  /// Opens the repository for the body.
  static func withRepository(
    _ options: Options, failing: (ReconcileError) -> Void = { _ in },
    _ body: (borrowing Repository) throws -> Void
  ) throws {
    try reporting(failing: failing) {
      let repository = try Repository(at: options.repository)
      try body(repository)
    }
  }
}

extension ReconcileError {
  /// The code of every error but findings, which depend on what they are.
  fileprivate var exitCode: ExitCode {
    switch self {
    case .locked: ExitStatus.locked
    case .stale: ExitStatus.stale
    case .consentNeeded, .suspended: ExitStatus.refused
    case .blocked(let guards):
      guards.contains(where: \.isRefusal) ? ExitStatus.refused : ExitStatus.error
    default: ExitStatus.error
    }
  }
}
