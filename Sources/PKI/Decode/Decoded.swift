/// What reading desired state gives: the state, or everything that is wrong with it.
package enum Decoded: Hashable, Sendable {
  case state(DesiredState)
  /// Never empty; in the order of files, lines and columns.
  case findings([Finding])

  package var state: DesiredState? {
    guard case .state(let state) = self else { return nil }
    return state
  }

  package var findings: [Finding] {
    guard case .findings(let findings) = self else { return [] }
    return findings
  }

  /// Whether policies refuse what is otherwise right.
  package var isRefusedByPolicyAlone: Bool {
    guard case .findings(let findings) = self else { return false }
    return findings.allSatisfy(\.isPolicyRefusal)
  }
}
