import COpenSSL

/// What OpenSSL could not do, with every reason that its error queue held.
///
/// The queue belongs to a thread: it is emptied before each call and read right after it, so that
/// a reason never stems from another call.
package struct OpenSSLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was tried, as the end of a sentence that begins with "cannot".
  package let operation: String
  /// The reasons, oldest first, as `library: reason`. Additional data of the queue is left out: it
  /// may quote input.
  package let reasons: [String]

  package init(_ operation: String, reasons: [String] = []) {
    self.operation = operation
    self.reasons = reasons
  }

  /// Empties this thread's error queue into the error.
  init(draining operation: String) {
    var reasons: [String] = []
    while case let code = ERR_get_error(), code != 0 {
      let library = unsafe ERR_lib_error_string(code).map { unsafe String(cString: $0) }
      let reason = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) }
      reasons.append("\(library ?? "OpenSSL"): \(reason ?? "error \(code)")")
    }
    self.init(operation, reasons: reasons)
  }

  package var description: String {
    let start = "cannot \(operation)"
    return reasons.isEmpty ? start : "\(start): \(reasons.joined(separator: "; "))"
  }
}

/// Calls into OpenSSL, one function for each of its ways to say that a call failed.
enum OpenSSL {
  /// Makes a call that answers a positive number when it succeeds.
  @discardableResult
  static func check(
    _ operation: @autoclosure () -> String, _ call: () -> Int32
  ) throws(OpenSSLError) -> Int32 {
    ERR_clear_error()
    let answer = call()
    guard answer > 0 else { throw OpenSSLError(draining: operation()) }
    return answer
  }

  /// Makes a call whose answer says yes (1) or no (anything else); the reasons for a no are dropped.
  static func asks(_ call: () -> Int32) -> Bool {
    ERR_clear_error()
    let answer = call()
    ERR_clear_error()
    return answer == 1
  }
}
