/// The policies that judge a change before it becomes desired state: those of the branch that it is
/// to be merged into, or those of the desired state last applied.
package struct PoliciesInForce: Sendable {
  /// Where they come from, in the words of people.
  package let source: String
  package let policies: [Name: Policy]

  package init(source: String, policies: [Name: Policy]) {
    self.source = source
    self.policies = policies
  }

  /// A policy that is not what it was.
  package struct Change: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
      case added
      case changed
      case removed
    }

    package let kind: Kind
    package let name: Name
    /// Where it stands, or stood.
    package let place: Place
    /// Every file that it stands or stood in.
    let files: Set<String>
  }

  /// What the policies of a change differ in, by name. One that moved to another file is changed:
  /// another policy may bind it there.
  package func changes(to new: [Name: Policy]) -> [Change] {
    Set(policies.keys).union(new.keys).sorted().compactMap { name in
      let (old, new) = (policies[name], new[name])
      let files = Set([old, new].compactMap { $0?.place.file })
      switch (old, new) {
      case (nil, let new?):
        return Change(kind: .added, name: name, place: new.place, files: files)
      case (let old?, nil):
        return Change(kind: .removed, name: name, place: old.place, files: files)
      case (let old?, let new?) where old.unplaced != new.unplaced || files.count > 1:
        return Change(kind: .changed, name: name, place: new.place, files: files)
      default: return nil
      }
    }
  }

  /// Whether a policy in force binds every file of the change, and all that do let policies stand
  /// there. Where no policy is in force the first may be made.
  package func permits(_ change: Change) -> Bool {
    guard !policies.isEmpty else { return true }
    let rules = policies.values.map { PolicyRule($0) }
    return change.files.allSatisfy { file in
      let binding = rules.filter { $0.binds(file) }
      return !binding.isEmpty
        && binding.allSatisfy { $0.permitsPolicies && $0.problems(change.name).isEmpty }
    }
  }
}

extension Policy {
  /// What it says, wherever it stands.
  var unplaced: Policy {
    Policy(
      name: name, place: Place(file: "", line: 0, column: 0), paths: paths, permit: permit)
  }
}
