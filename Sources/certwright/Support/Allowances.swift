import ArgumentParser

/// What `--allow WHAT=COUNT` lifts, each exactly up to its count.
struct Allowances {
  static let names = [
    "authorities", "emptied", "issues", "policies", "protections", "reissues", "removed-files",
    "retirements",
    "revocations", "rewinds",
  ]

  let counts: [String: Int]

  init(_ arguments: [String]) throws {
    var counts: [String: Int] = [:]
    for argument in arguments {
      let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, let count = Int(parts[1]), count >= 0 else {
        throw ValidationError("--allow \"\(argument)\" is not of the form WHAT=COUNT")
      }
      guard Self.names.contains(String(parts[0])) else {
        throw ValidationError(
          "--allow knows no \"\(parts[0])\"; it knows \(Self.names.joined(separator: ", "))")
      }
      counts[String(parts[0])] = count
    }
    self.counts = counts
  }
}
