extension Check {
  /// A name moves once, and is gone from where it was.
  static let renames = Check { draft, findings in
    var first: [Name: IdentityDraft] = [:]
    for identity in draft.declarations.identities {
      guard let old = identity.renamedFrom else { continue }
      let place = identity.place(of: "renamedFrom")
      if let owner = draft.declarations.owners[old] {
        findings.add(
          place, "\(quoted(old.text)) is still declared, so it cannot have been renamed",
          hint: "the \(owner.kind) is declared at \(owner.place)")
      }
      if let other = first[old] {
        findings.add(
          place, "\(quoted(old.text)) was renamed twice",
          hint: "the other is at \(other.place(of: "renamedFrom"))")
      } else {
        first[old] = identity
      }
    }
  }
}
