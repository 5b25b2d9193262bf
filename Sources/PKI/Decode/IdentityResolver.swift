/// Makes identities of drafts: fills in profile, defaults and `{name}`.
struct IdentityResolver {
  let declarations: Declarations
  let requests: [String: Result<CertificationRequest, RequestProblem>]

  private var findings: FindingCollector { declarations.findings }

  /// An identity with what the checks need beside it. A class, because copying an identity's many
  /// fields for every check would cost more than the checks.
  final class Resolved: Sendable {
    let identity: Identity
    let namePlace: Place
    let profile: Name?

    init(identity: Identity, namePlace: Place, profile: Name?) {
      self.identity = identity
      self.namePlace = namePlace
      self.profile = profile
    }
  }

  func resolve(_ draft: IdentityDraft) -> [Resolved] {
    guard let profile = profile(of: draft) else { return [] }
    let issuance = draft.merged(with: profile?.issuance)
    let subject = draft.subject.merged(with: profile?.subject, place: profile?.place)
    let before = findings.count
    let common = Common(draft: draft, issuance: issuance, findings: findings)
    guard findings.count == before else { return [] }
    let constant = constantNames(draft)
    let constantSubject = subject.isConstant ? filled(subject, draft, nil) : nil
    guard findings.count == before else { return [] }
    var resolved: [Resolved] = []
    resolved.reserveCapacity(draft.names.count)
    for name in draft.names {
      // What is wrong for one name is most often wrong for every one: the first says it.
      if findings.count > before { break }
      if let identity = identity(
        name, draft, common, subject, constantSubject: constantSubject, constantNames: constant)
      {
        resolved.append(
          Resolved(identity: identity, namePlace: name.place, profile: draft.profile))
      }
    }
    return resolved
  }

  /// Outer nil: the identity cannot be resolved. Inner nil: it names no profile.
  private func profile(of draft: IdentityDraft) -> ProfileDraft?? {
    guard let name = draft.profile else { return .some(nil) }
    if let profile = declarations.profiles[name] { return profile }
    if !declarations.isDeclared(name, kind: "Profile") {
      let names = declarations.profiles.keys.map(\.text).sorted()
      findings.add(
        draft.place(of: "profile"), "profile \(quoted(name.text)) is not declared",
        hint: Suggestion.hint(for: name.text, in: names, what: "declared profiles"))
    }
    return nil
  }

  private func identity(
    _ name: Located<Name>, _ draft: IdentityDraft, _ common: Common, _ subject: SubjectDraft,
    constantSubject: Subject?, constantNames: [SubjectAlternativeName]?
  ) -> Identity? {
    let attributes = constantSubject ?? filled(subject, draft, name)
    let names = constantNames ?? alternativeNames(draft, name.value)
    guard let attributes, let names, let key = key(draft, common, name.value) else { return nil }
    let algorithm =
      switch key {
      case .managed(let algorithm): algorithm
      case .requested(let request): request.publicKey.algorithm
      }
    guard
      let keyUsage = KeyUsageRule(kind: draft.kind, algorithm: algorithm).resolve(
        common.keyUsage, at: draft.place(of: "keyUsage"), findings)
    else { return nil }
    return Identity(
      name: name.value, kind: draft.kind, place: draft.place, issuer: draft.issuer,
      subject: attributes, alternativeNames: names, key: key, lifetime: common.lifetime,
      renewBefore: common.renewBefore, rotation: common.rotation, keyUsage: keyUsage,
      extendedKeyUsage: common.extendedKeyUsage, onRemoval: draft.onRemoval,
      isProtected: draft.isProtected, renamedFrom: draft.renamedFrom,
      hasDefaultCommonName: subject.hasDefaultCommonName, fields: draft.fields)
  }

  // MARK: - Names

  /// The alternative names when they are the same for every name of a batch.
  private func constantNames(_ draft: IdentityDraft) -> [SubjectAlternativeName]? {
    guard draft.alternativeNames.allSatisfy(\.template.value.isConstant) else { return nil }
    return alternativeNames(draft, nil)
  }

  private func alternativeNames(_ draft: IdentityDraft, _ name: Name?) -> [SubjectAlternativeName]?
  {
    var names: [SubjectAlternativeName] = []
    var seen: Set<SubjectAlternativeName> = []
    var isSound = true
    names.reserveCapacity(draft.alternativeNames.count)
    for (kind, template) in draft.alternativeNames {
      let text = name.map { template.value.filled(with: $0) } ?? template.value.text
      do throws(ValueProblem) {
        let name = try SubjectAlternativeName(kind, parsing: text)
        if draft.alternativeNames.count > 1, !seen.insert(name).inserted {
          findings.add(template.place, "\(quoted(text)) is the same as a name before it")
          isSound = false
        }
        names.append(name)
      } catch {
        findings.add(template.place, "\(quoted(text)) \(error.message)", hint: error.hint)
        isSound = false
      }
    }
    return checkSPIFFE(names, draft) && isSound ? names : nil
  }

  /// The X.509-SVID standard, section 2: a certificate with a SPIFFE ID has no other URI.
  private func checkSPIFFE(_ names: [SubjectAlternativeName], _ draft: IdentityDraft) -> Bool {
    let uris = names.filter { $0.kind == .uri }
    guard uris.count > 1, uris.contains(where: { $0.value.hasPrefix("spiffe:") }) else {
      return true
    }
    findings.add(draft.place(of: "uris"), "a SPIFFE ID must be the only URI of a certificate")
    return false
  }

  // MARK: - Subject

  /// The subject of one name, or of every name when `name` is nil.
  private func filled(
    _ subject: SubjectDraft, _ draft: IdentityDraft, _ name: Located<Name>?
  ) -> Subject? {
    var attributes: [Subject.Attribute] = []
    var isSound = true
    for field in Subject.Field.allCases {
      for value in subject.values[field] ?? [] {
        guard let text = filled(value, name?.value), check(text, field, value.place) else {
          isSound = false
          continue
        }
        attributes.append(Subject.Attribute(field, text))
      }
    }
    if let name, subject.hasDefaultCommonName {
      if let problem = Subject.Field.commonName.problem(in: name.value.text) {
        findings.add(
          name.place,
          "\(quoted(name.value.text)) \(problem.message), so it cannot be the default common name",
          hint: "give \"commonName\" in the subject, or write \"commonName: ~\" for none")
        isSound = false
      }
      attributes.append(Subject.Attribute(.commonName, name.value.text))
    }
    return isSound ? Subject(attributes) : nil
  }

  private func filled(_ value: Located<String>, _ name: Name?) -> String? {
    do throws(ValueProblem) {
      let template = try Template(value.value)
      return name.map { template.filled(with: $0) } ?? template.text
    } catch {
      findings.add(value.place, "\(quoted(value.value)) \(error.message)", hint: error.hint)
      return nil
    }
  }

  private func check(_ text: String, _ field: Subject.Field, _ place: Place) -> Bool {
    guard let problem = field.problem(in: text) else { return true }
    findings.add(place, "\(quoted(text)) \(problem.message)", hint: problem.hint)
    return false
  }

  // MARK: - Key

  private func key(_ draft: IdentityDraft, _ common: Common, _ name: Name) -> Identity.Key? {
    guard let request = draft.request else { return .managed(common.key) }
    let text = request.value.filled(with: name)
    let path: String
    do throws(ValueProblem) {
      path = try RequestPath.resolve(text, in: draft.place.file)
    } catch {
      findings.add(request.place, "\(quoted(text)) \(error.message)", hint: error.hint)
      return nil
    }
    switch requests[path] {
    case .success(let request): return .requested(request)
    case .failure(let problem):
      findings.add(request.place, "request \(quoted(path)) \(problem.sentence)")
    case nil:
      findings.add(
        request.place, "request \(quoted(path)) is not there",
        hint: "paths of requests begin at the folder of the file that names them")
    }
    return nil
  }
}

extension SubjectDraft {
  /// Whether the common name is the name.
  var hasDefaultCommonName: Bool { values[.commonName] == nil && !omitsCommonName }

  /// Whether every name of a batch has the same subject.
  fileprivate var isConstant: Bool {
    !hasDefaultCommonName
      && values.values.allSatisfy { $0.allSatisfy { !$0.value.utf8.contains(UInt8(ascii: "{")) } }
  }

  /// This subject with the fields of a profile where it has none.
  fileprivate func merged(with profile: SubjectDraft?, place: Place?) -> SubjectDraft {
    guard let profile else { return self }
    var merged = self
    for (field, values) in profile.values where merged.values[field] == nil {
      if field == .commonName, omitsCommonName { continue }
      merged.values[field] = values
    }
    if values[.commonName] == nil, profile.omitsCommonName { merged.omitsCommonName = true }
    return merged
  }
}

extension IdentityDraft {
  /// The settings of this draft, those of the profile where it has none.
  fileprivate func merged(with profile: IssuanceDraft?) -> IssuanceDraft {
    IssuanceDraft(
      key: key ?? profile?.key, lifetime: lifetime ?? profile?.lifetime,
      renewBefore: renewBefore ?? profile?.renewBefore, rotation: rotation ?? profile?.rotation,
      keyUsage: keyUsage ?? profile?.keyUsage,
      extendedKeyUsage: extendedKeyUsage ?? profile?.extendedKeyUsage)
  }
}
