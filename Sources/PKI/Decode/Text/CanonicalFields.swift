extension CanonicalText {
  static func subject(_ subject: Subject) -> YAMLText {
    subjectFields(subject.attributes).mapping
  }

  /// nil when nothing but the default common name is there.
  static func subject(of identity: Identity) -> YAMLText? {
    let attributes = identity.subject.attributes.filter {
      $0.field != .commonName || !identity.hasDefaultCommonName
    }
    var fields = subjectFields(attributes)
    if identity.subject.commonName == nil { fields.add("commonName", YAMLText.null) }
    return fields.fields.isEmpty ? nil : fields.mapping
  }

  private static func subjectFields(_ attributes: [Subject.Attribute]) -> YAMLFields {
    var fields = YAMLFields()
    for field in Subject.Field.allCases {
      let values = attributes.filter { $0.field == field }.map(\.value)
      if values.count > 1 {
        fields.add(field.rawValue, values)
      } else {
        fields.add(field.rawValue, values.first)
      }
    }
    return fields
  }

  static func revocationList(_ settings: RevocationListSettings) -> YAMLText {
    var fields = YAMLFields()
    fields.add("lifetime", settings.lifetime)
    fields.add("refreshBefore", settings.refreshBefore)
    fields.add("distributionPoints", settings.distributionPoints)
    if let partitions = settings.partitions { fields.add("partitions", .integer(partitions)) }
    return fields.mapping
  }

  static func nameConstraints(_ constraints: NameConstraints) -> YAMLText {
    var fields = YAMLFields()
    fields.add("permitted", subtrees(constraints.permitted))
    fields.add("excluded", subtrees(constraints.excluded))
    return fields.mapping
  }

  private static func subtrees(_ subtrees: NameConstraints.Subtrees) -> YAMLText? {
    if subtrees.isEmpty { return nil }
    var fields = YAMLFields()
    fields.add("dnsNames", subtrees.dnsNames)
    fields.add("ipRanges", subtrees.ipRanges)
    fields.add("uriDomains", subtrees.uriDomains)
    fields.add("emailAddresses", subtrees.emailAddresses)
    return fields.mapping
  }

  static func subjectRules(_ rules: SubjectRules) -> YAMLText {
    if rules == .strict { return .text("strict") }
    if rules == .loose { return .text("loose") }
    var fields = YAMLFields()
    for field in Subject.Field.allCases {
      fields.add(field.rawValue, rules.rules[field]?.rawValue)
    }
    return fields.mapping
  }

  // MARK: - Proxies

  package static func text(_ proxy: Proxy) -> String {
    var fields = document("Proxy", proxy.name)
    fields.add("software", proxy.software.rawValue)
    fields.add("directory", proxy.directory)
    fields.add("protected", flag: proxy.isProtected)
    if let listener = proxy.listeners.first, proxy.listeners.count == 1 {
      for field in self.fields(listener).fields { fields.add(field.key, field.value) }
    } else {
      fields.add("listeners", .list(proxy.listeners.map { self.fields($0).mapping }))
    }
    return fields.mapping.document
  }

  private static func fields(_ listener: Listener) -> YAMLFields {
    var fields = YAMLFields()
    fields.add("server", listener.server)
    if let address = listener.address {
      fields.add("listen", Upstream(host: address.description, port: listener.port))
    } else {
      fields.add("listen", .integer(listener.port))
    }
    if listener.trust != nil || listener.allow != nil || listener.verify != .none {
      var clients = YAMLFields()
      clients.add("trust", listener.trust)
      clients.add("verify", listener.verify.rawValue)
      clients.add("allow", declared: listener.allow?.names)
      fields.add("clients", clients.mapping)
    }
    fields.add("addresses", declared: listener.addresses)
    fields.add("routes", .list(listener.routes.map(route)))
    return fields
  }

  private static func route(_ route: Route) -> YAMLText {
    var fields = YAMLFields()
    fields.add("path", route.path)
    fields.add("upstreams", route.upstreams)
    fields.add("verify", route.verify?.rawValue)
    fields.add("allow", declared: route.allow?.names)
    fields.add("addresses", declared: route.addresses)
    fields.add("identities", declared: route.identities?.names)
    return fields.mapping
  }
}
