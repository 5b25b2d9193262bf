import Logging

/// Writes what the library logs to standard error, one line each, as `certwright: info: ...`.
struct TerminalLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    Terminal.writeError("\(event.level): \(event.message)")
  }

  /// A logger for a command; without a level only what goes wrong is said.
  static func logger(_ level: Logger.Level?) -> Logger {
    Logger(label: "certwright") { _ in TerminalLogHandler(logLevel: level ?? .warning) }
  }
}
