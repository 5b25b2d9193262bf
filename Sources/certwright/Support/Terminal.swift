import ArgumentParser
import Glibc

/// Where output goes: results to standard output, everything else to standard error.
///
/// Writing is checked: a report on a full device that exits 0 would be taken for a whole one.
enum Terminal {
  static func writeResult(_ text: String) throws {
    try writeResult(Array(text.utf8))
  }

  static func writeResult(_ bytes: [UInt8]) throws {
    guard write(bytes, to: STDOUT_FILENO) else {
      // A reader that has seen enough closes the pipe; that is not worth a message.
      if errno != EPIPE {
        writeError("error: standard output: \(unsafe String(cString: strerror(errno)))")
      }
      throw ExitStatus.error
    }
  }

  /// Writes one line to standard error, with the program's name before it.
  static func writeError(_ message: String) {
    _ = write(Array("certwright: \(message)\n".utf8), to: STDERR_FILENO)
  }

  /// Replaces the progress line on standard error.
  static func writeProgress(_ text: String) {
    _ = write(Array("\r\u{1b}[K\(text)".utf8), to: STDERR_FILENO)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 {
        guard errno == EINTR else { return false }
        continue
      }
      rest = rest.dropFirst(count)
    }
    return true
  }

  static var isResultTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  static var isInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }
}
