import Crypto

/// The name of a run's record: the day it was made, and the hash of what it says.
package enum RunRecordName {
  /// Whether a file lies where its own bytes say: `ledger/runs/YYYY/MM/DD/DIGEST.json`.
  package static func fits(_ path: String, content: [UInt8]) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 6, path.hasPrefix(LedgerPath.runs + "/"),
      Timestamp(compactDay: parts[2...4].joined()) != nil
    else { return false }
    return parts[5] == "\(digest(of: content)).json"
  }

  package static func digest(of content: [UInt8]) -> String {
    Hex.encode(SHA256.hash(data: content).prefix(16))
  }
}
