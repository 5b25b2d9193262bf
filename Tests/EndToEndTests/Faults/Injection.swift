import Foundation
import Synchronization
import Testing

/// A system call that strace makes fail, or at which it kills the program.
struct Injection: Hashable, Sendable, CustomStringConvertible {
  enum Fault: String, CaseIterable, Sendable {
    case noSpace = "error=ENOSPC"
    case ioError = "error=EIO"
    case kill = "signal=SIGKILL"
  }

  let kind: FaultTemplate.Kind
  let call: String
  /// Which of these calls of a thread.
  let number: Int
  let fault: Fault
  /// What the call was for when nothing failed.
  let line: String

  var description: String { "\(kind) \(call) \(number) \(fault.rawValue): \(line)" }

  /// Whether the call names what is published, or what is to be.
  var isDecisive: Bool {
    ["link", "rename"].contains(call)
      || call == "write" && line.contains("published.lock") || line.contains("tmp_idx")
  }

  /// strace with this injection, before the program's own words.
  func tracer(log: URL) -> [String] {
    [
      "strace", "-f", "-qq", "-o", log.path, "-e", "trace=\(call)", "-e",
      "inject=\(call):\(fault.rawValue):when=\(number)",
    ]
  }

  /// Whether the fault happened, which depends on the order of threads.
  static func happened(log: URL) throws -> Bool {
    let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
    return text.contains("(INJECTED)") || text.contains("killed by SIGKILL")
  }

  /// States that were judged already, and found to be sound.
  private static let sound = Mutex<Set<String>>([])

  /// Calls that change what is stored, or open it; reading is for the full sweep.
  private static let calls = [
    "write", "pwrite64", "writev", "fsync", "fdatasync", "syncfs", "rename", "renameat",
    "renameat2", "link", "linkat", "open", "openat", "mkdir", "mkdirat", "unlink", "unlinkat",
    "ftruncate", "flock", "fchmod", "chmod",
  ]
  private static let readingCalls = ["read", "pread64", "newfstatat", "getdents64", "mmap"]

  /// Every call of an undisturbed run that touches the repository, the keys or the terminal, with
  /// every fault.
  static func all(_ kind: FaultTemplate.Kind, withReading: Bool) throws -> [Injection] {
    let place = try FaultTemplate.of(kind).copy()
    let log = place.folder.url("trace")
    let calls = Self.calls + (withReading ? readingCalls : [])
    try place.apply(below: [
      "strace", "-f", "-y", "-qq", "-o", log.path, "-e",
      "trace=" + calls.map { "?\($0)" }.joined(separator: ","),
    ]).expect()
    let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
    var counts: [Substring: [Substring: Int]] = [:]
    var found: [Injection] = []
    var seen: Set<String> = []
    for line in text.split(separator: "\n") {
      // strace pads short process ids with further spaces.
      let process = line.prefix { $0 != " " }
      let words = [process, line.dropFirst(process.count).drop { $0 == " " }]
      guard let open = words[1].firstIndex(of: "("),
        let call = calls.first(where: { $0 == words[1][..<open] })
      else { continue }
      let number = (counts[words[0]]?[words[1][..<open]] ?? 0) + 1
      counts[words[0], default: [:]][words[1][..<open]] = number
      // The working folder, which strace shows too, is no reason.
      let named = line.replacing(/AT_FDCWD<[^>]*>/, with: "")
      let isOurs =
        named.contains(place.repository.path) || named.contains(place.keys.path)
        || line.contains("write(1<") || line.contains("write(2<")
      guard isOurs, seen.insert("\(call) \(number)").inserted else { continue }
      let short = String(words[1].replacing(place.folder.root.path, with: "").prefix(150))
      for fault in Fault.allCases where fault != .noSpace || !line.contains("O_RDONLY") {
        found.append(
          Injection(kind: kind, call: call, number: number, fault: fault, line: short))
      }
    }
    return found
  }

  /// Runs the case, and says what is wrong afterwards.
  func problems() throws -> (happened: Bool, problems: [String]) {
    let place = try FaultTemplate.of(kind).copy()
    let log = place.folder.url("injected")
    let before = try place.tip
    let outcome = try place.apply(below: tracer(log: log))
    let happened = try Injection.happened(log: log)
    if !happened, outcome.code != 0 {
      return (false, ["it failed without a fault: \(outcome.code) \(outcome.errors)"])
    }
    let isKilled = happened && fault == .kill
    if isKilled, outcome.endedByItself { return (true, ["it survived a kill: \(outcome.code)"]) }
    let state = "\(kind) \(isKilled ? 128 : outcome.code) " + (try place.fingerprint())
    // What follows depends on what is stored alone: most faults strike before anything is.
    if Injection.sound.withLock({ $0.contains(state) }) { return (happened, []) }
    let problems = try place.problems(after: outcome, from: before, mayBeKilled: isKilled)
    if problems.isEmpty { Injection.sound.withLock { _ = $0.insert(state) } }
    return (happened, problems)
  }
}
