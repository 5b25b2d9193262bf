extension DocumentKind {
  static let settings = DocumentKind(
    name: "Settings", about: "Settings of the whole desired state: at most one document.",
    fields: SettingsFields.all, decode: SettingsFields.decode)
}

private enum SettingsFields {
  static let name = Field(
    "name", .name, required: true, "Any name.", example: "settings")
  static let limits = Field(
    "limits", .mapping(LimitFields.shape), "What one run may do before it is refused.",
    example: ["revocations": "10%", "reissues": "30%", "minimum": 10])
  static let publish = Field(
    "publish", .mapping(publishShape), "Where results go.", example: ["branch": "published"])
  static let branch = Field(
    "branch", .branch, required: true, "The published branch.", example: "published")
  static let publishShape = MappingShape<String>(fields: [branch.description]) { decoder in
    decoder.take(branch)
  }

  static let unattended = Field(
    "unattended",
    Shape<[Located<Change.Action>]>.list(of: .choice(of: "an action", Change.Action.declarable)),
    "What reconcile may carry out without approval, beyond renewals and CRLs that are due.",
    example: ["issue", "publish"])

  static let all = [
    name.description, limits.description, publish.description, unattended.description,
  ]

  static func decode(_ decoder: inout MappingDecoder, _ declarations: inout Declarations) {
    let name = decoder.take(name)
    let limits = decoder.take(limits)
    let publish = decoder.take(publish)
    let unattended = decoder.take(unattended)
    if let first = declarations.settings.first?.place {
      decoder.findings.add(
        decoder.place, "there is more than one Settings document", hint: "the first is at \(first)")
    }
    guard name != nil else { return }
    declarations.settings.append(
      Settings(
        place: decoder.place, limits: limits ?? .standard, publishBranch: publish,
        unattended: Set((unattended ?? []).map(\.value))))
  }
}

private enum LimitFields {
  static let issues = Field("issues", .limit, "New certificates.", example: 1000)
  static let reissues = Field("reissues", .limit, "Replaced certificates.", example: "30%")
  static let revocations = Field("revocations", .limit, "Revoked certificates.", example: "10%")
  static let retirements = Field("retirements", .limit, "Removed identities.", example: "30%")
  static let removedFiles = Field("removedFiles", .limit, "Removed published files.", example: 100)
  static let minimum = Field(
    "minimum", .integer(0...1_000_000_000), "Below this many percentages do not apply.",
    example: 10)

  static let shape = MappingShape<Settings.Limits>(
    fields: [
      issues.description, reissues.description, revocations.description, retirements.description,
      removedFiles.description, minimum.description,
    ]
  ) { decoder in
    let standard = Settings.Limits.standard
    return Settings.Limits(
      issues: decoder.take(issues) ?? standard.issues,
      reissues: decoder.take(reissues) ?? standard.reissues,
      revocations: decoder.take(revocations) ?? standard.revocations,
      retirements: decoder.take(retirements) ?? standard.retirements,
      removedFiles: decoder.take(removedFiles) ?? standard.removedFiles,
      minimum: decoder.take(minimum) ?? standard.minimum)
  }
}

extension Shape where Value == Settings.Limit {
  static var limit: Shape {
    let expected = "a number, or a percentage as in \"10%\""
    let schema: SchemaNode = [
      "anyOf": [
        ["type": "integer", "minimum": 0],
        ["type": "string", "pattern": "^(0|[1-9][0-9]*|(100|[1-9]?[0-9])%)$"],
      ]
    ]
    return scalar(expected, schema: schema) { text throws(ValueProblem) in
      if text.hasSuffix("%"), let percent = Int(decimal: text.dropLast()), percent <= 100 {
        return .percent(percent)
      }
      guard let count = Int(decimal: text) else {
        throw ValueProblem("is not a number or a percentage up to 100%")
      }
      return .count(count)
    }
  }
}

extension Shape where Value == String {
  /// A branch's name below `refs/heads/`, by the rules of git-check-ref-format.
  static var branch: Shape {
    scalar("the name of a branch") { text throws(ValueProblem) in
      let segments = text.split(separator: "/", omittingEmptySubsequences: false)
      let isFit =
        text.utf8.count <= 200 && text != "@" && !text.hasPrefix("-") && !text.hasSuffix(".")
        && !text.contains("..") && !text.contains("@{")
        && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"~^:?*[\\".utf8.contains($0) }
        && segments.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
      guard isFit else { throw ValueProblem("is not the name of a branch") }
      return text
    }
  }
}
