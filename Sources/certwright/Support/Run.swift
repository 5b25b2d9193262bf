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
    if case .hostFile(_, let findings) = error { report(findings) }
    if case .blocked(let guards) = error, guards.count > 1 {
      report(guards)
      return error.exitCode
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

  /// One line each: what nobody can read in one line is not read.
  private static func report(_ guards: [Guard]) {
    for guarded in guards {
      Terminal.writeError("error: the plan is blocked: \(guarded.sentence)")
    }
    var hints: Set<String> = []
    for hint in guards.compactMap(\.hint) where hints.insert(hint).inserted {
      Terminal.writeError("hint: \(hint)")
    }
  }

  /// How a command deals with the remotes, where there are any.
  enum Access {
    /// Fetches and reads.
    case reading
    /// Fetches what it can: an emergency does not wait for a server.
    case urgent
    /// Leaves fetching to the run, which does so with the lock.
    case writing
    /// Asks no server.
    case offline
  }

  /// Opens the repository for the body: certwright's own clone where there are remotes. The options
  /// that it gets say where to find things there.
  static func withRepository(
    _ global: GlobalOptions, _ options: Options, _ access: Access = .reading,
    failing: (ReconcileError) -> Void = { _ in },
    _ body: (borrowing Repository, Options) throws -> Void
  ) throws {
    try reporting(failing: failing) {
      guard let upstream = try Upstream.find(options, global.remote.choice) else {
        let repository = try Repository(at: options.repository)
        return try body(repository, options)
      }
      let clone = try upstream.open(at: options.clock)
      switch access {
      case .reading, .urgent: try upstream.look(in: clone, isUrgent: access == .urgent)
      case .writing, .offline: break
      }
      var options = options
      options.revision = upstream.revision
      options.upstream = upstream
      try body(clone, options)
    }
  }
}

extension ReconcileError {
  /// The code of every error but findings, which depend on what they are.
  fileprivate var exitCode: ExitCode {
    switch self {
    case .locked: ExitStatus.locked
    case .stale: ExitStatus.stale
    case .unpushed: ExitStatus.unpushed
    case .consentNeeded, .suspended: ExitStatus.refused
    case .blocked(let guards):
      guards.contains(where: \.isRefusal) ? ExitStatus.refused : ExitStatus.error
    default: ExitStatus.error
    }
  }
}
