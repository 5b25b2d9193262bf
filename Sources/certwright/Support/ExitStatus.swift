import ArgumentParser

/// What the exit code says, the same for every command.
enum ExitStatus {
  static let fine = ExitCode(0)
  static let error = ExitCode(1)
  /// Success, with changes or with something that wants attention; only where asked for.
  static let attention = ExitCode(2)
  /// Refused by a limit, a policy or a protection.
  static let refused = ExitCode(3)
  /// The saved plan no longer fits.
  static let stale = ExitCode(4)
  /// Another run holds the lock.
  static let locked = ExitCode(5)
  /// Applied and recorded here, but not pushed yet: run again.
  static let unpushed = ExitCode(6)
}
