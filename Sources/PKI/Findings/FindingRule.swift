/// The rule that a finding breaks, by a name that stays, for programs that group findings, remember
/// them and let people dismiss them.
package struct FindingRule: Hashable, Sendable {
  package let id: String
  package let title: String
  package let help: String

  static let unusableFile = FindingRule(
    id: "unusable-file", title: "A file of the desired state cannot be read",
    help: "Desired state is plain files of a limited size. Links, submodules and larger files are"
      + " refused.")
  static let syntax = FindingRule(
    id: "yaml-syntax", title: "A file is not the YAML that is read here",
    help: "Desired state is YAML 1.2 without anchors, tags and duplicate keys.")
  static let mistake = FindingRule(
    id: "desired-state", title: "Desired state does not say something that can be done",
    help: "Each document is checked by itself, then against all others. Nothing new is signed while"
      + " there is a finding.")
  static let policy = FindingRule(
    id: "policy", title: "A policy does not permit it",
    help: "A Policy document binds this file and does not permit what it asks for.")

  /// In the order in which reports list them.
  static let all = [unusableFile, syntax, mistake, policy]
}

extension Finding {
  package var rule: FindingRule {
    switch category {
    case .file: .unusableFile
    case .syntax: .syntax
    case .mistake: .mistake
    case .policy: .policy
    }
  }

  /// The message and, where there is one, the hint as sentences of their own.
  package var text: String {
    let hint = hint.map { ". Hint: \($0.visible)" } ?? ""
    return message.visible + hint
  }
}
