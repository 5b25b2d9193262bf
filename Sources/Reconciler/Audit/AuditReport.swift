package import PKI

/// One thing on the published branch that is not as it must be.
package struct AuditProblem: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// A path of the branch, or `commit ID`.
  package let place: String
  /// The end of a sentence that begins with the place.
  package let message: String
  /// What the user could do, where that is known.
  package let hint: String?

  package init(_ place: String, _ message: String, hint: String? = nil) {
    self.place = place
    self.message = message
    self.hint = hint
  }

  package var description: String {
    "\(place): \(message)" + (hint.map { " (hint: \($0))" } ?? "")
  }

  package static func < (left: AuditProblem, right: AuditProblem) -> Bool {
    (left.place, left.message) < (right.place, right.message)
  }
}

/// What an audit looked at, and what it found.
package struct AuditReport: Sendable {
  package let branch: String
  package let commit: ObjectID
  package let now: Timestamp
  /// What was looked at, in the order in which people read it.
  package let counts: [Count]
  /// What could not be looked at, and what was wrong once and has been repaired.
  package let notes: [String]
  /// Sorted by place; empty when all is well.
  package let problems: [AuditProblem]

  package struct Count: Hashable, Sendable {
    /// A plural for people, such as `certificates`.
    package let what: String
    package let count: Int
    /// More of it, such as `10 unexpired`.
    package let detail: String?

    package init(_ what: String, _ count: Int, _ detail: String? = nil) {
      self.what = what
      self.count = count
      self.detail = detail
    }
  }

  package var isClean: Bool { problems.isEmpty }
}

// MARK: - For people and machines

extension AuditReport {
  package var text: String {
    var lines = ["branch \"\(branch)\" at \(commit), judged at \(now)"]
    let rows = counts.map { ["  \($0.what)", String($0.count), $0.detail ?? ""] }
    lines += TextTable(rows, rightAligned: [1]).lines
    lines += notes.map { "note: \($0)" }
    lines += problems.map(\.description)
    lines.append(isClean ? "no problems" : Reason.count(problems.count, "problem"))
    return lines.joined(separator: "\n") + "\n"
  }

  package var json: JSON {
    .members([
      ("format_version", .int(1)),
      ("branch", .string(branch)),
      ("commit", .string(commit.hex)),
      ("time", .string(now.description)),
      ("clean", .bool(isClean)),
      (
        "checked",
        .object(
          counts.map { JSON.Member($0.what.replacing(" ", with: "_").lowercased(), .int($0.count)) }
        )
      ),
      ("notes", .strings(notes)),
      (
        "problems",
        .array(
          problems.map {
            .members([
              ("place", .string($0.place)), ("message", .string($0.message)),
              ("hint", $0.hint.map { .string($0) }),
            ])
          })
      ),
    ])
  }
}
