extension Check {
  /// No authority has more authorities below it than it, or one above it, permits (RFC 5280 section
  /// 6.1.4 (l) and (m)).
  static let pathLengths = Check { draft, findings in
    var remaining: [Name: Allowance] = [:]
    for authority in draft.tree.parentsFirst {
      var allowance = authority.issuer.flatMap { remaining[$0] }
      if let above = allowance {
        if above.count == 0 {
          findings.add(
            authority.fields["issuer"] ?? authority.place,
            "authority \(quoted(authority.name.text)) is one too many below"
              + " \(quoted(above.setter.name.text)), which has \"pathLength\""
              + " \(above.setter.pathLength ?? 0)",
            hint: "that is set at \(above.setter.fields["pathLength"] ?? above.setter.place)")
        }
        allowance = Allowance(count: max(0, above.count - 1), setter: above.setter)
      }
      if let own = authority.pathLength, own < allowance?.count ?? .max {
        allowance = Allowance(count: own, setter: authority)
      }
      remaining[authority.name] = allowance
    }
  }

  /// How many authorities may still follow, and who says so.
  private struct Allowance {
    let count: Int
    let setter: Authority
  }
}
