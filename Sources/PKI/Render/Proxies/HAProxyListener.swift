/// The frontend, the backends and the list files of one listener.
struct HAProxyListener {
  let view: ProxyView
  let routed: RoutedListener
  private let issuers: [String]

  init(view: ProxyView, routed: RoutedListener) {
    self.view = view
    self.routed = routed
    issuers = routed.trust?.issuers(.escaped) ?? []
  }

  private var name: String { "\(view.prefix)_\(routed.id)" }

  private func backend(_ route: EffectiveRoute) -> String { "\(name)_\(route.index)" }

  var text: String {
    let rules =
      nameRules + pathRules + clientRules + routeRules + policyRules + headerRules + targets
    return "frontend \(name) from \(view.prefix)\n" + (binds + rules).map { "  \($0)\n" }.joined()
      + "\n" + backends
  }

  // MARK: - Files

  var files: [BundleFile] {
    guard routed.trust != nil else { return sourceFiles }
    let refused = HAProxyText.list(view.refusedEntries(issuers, .escaped))
    return sourceFiles + [BundleFile(path: refusedFile, text: refused)]
      + routed.lists.map { list in
        BundleFile(
          path: file(list),
          content: view.rendered(list, issuers, .escaped) { entries in
            RenderedList(HAProxyText.list(entries.map(\.text)), count: entries.count)
          }.content)
      }
  }

  private var sourceFiles: [BundleFile] {
    routed.routes.compactMap { route in
      route.sources.map {
        BundleFile(path: sourceFile(route), text: HAProxyText.list($0.map(\.printed)))
      }
    }
  }

  private var refusedFile: String { "lists/\(routed.id)_refused.lst" }
  private func file(_ list: IdentityList) -> String { "lists/\(list.id).lst" }
  private func sourceFile(_ route: EffectiveRoute) -> String {
    "lists/\(routed.id)_from_\(route.index).lst"
  }
  private func absolute(_ path: String) -> String { "\(view.directory)/\(path)" }

  // MARK: - TLS

  private var binds: [String] {
    let port = routed.listener.port
    let sockets =
      routed.listener.address.map { ["\($0.printed):\(port)"] } ?? [
        "*:\(port)", ":::\(port) v6only",
      ]
    return sockets.map { socket in
      "bind \(socket) ssl crt \(absolute(routed.serverFile)) \(clientOptions)"
        + " ssl-min-ver TLSv1.2 ciphers \(TLSPolicy.ciphers) no-tls-tickets alpn h2,http/1.1"
    }
  }

  private var clientOptions: String {
    guard let trust = routed.trust else { return "verify none" }
    return
      "ca-file \(absolute(trust.certificatesFile)) crl-file \(absolute(trust.revocationListsFile))"
      + " verify \(routed.handshake.rawValue)"
  }

  // MARK: - Rules

  /// A client may leave SNI out, as it does when it uses an address, but may not name another.
  private var nameRules: [String] {
    let hosts =
      routed.server.dnsNames.map(RoutePattern.host)
      + routed.server.addresses.map { RoutePattern.literal($0.inURL) }
    let pattern = "^(?:" + Set(hosts).sorted().joined(separator: "|") + ")(?::[0-9]+)?$"
    return [
      "# Requests for another server.",
      "http-request deny deny_status 421 if { ssl_fc_has_sni } !"
        + HAProxyText.matches("ssl_fc_sni", pattern, ignoringCase: true),
      "http-request deny deny_status 421 if { req.fhdr(host) -m len gt 0 } !"
        + HAProxyText.matches("req.fhdr(host)", pattern, ignoringCase: true),
    ]
  }

  private var pathRules: [String] {
    let ambiguous = HAProxyText.matches("path", RoutePattern.ambiguous, ignoringCase: true)
    let groups = routed.groups.enumerated().reversed()
    return [
      "# Paths that two programs could read differently.",
      "http-request deny deny_status 400 if \(ambiguous)",
      "http-request deny deny_status 400 if { url -m sub -- '#' }",
      "http-request set-var(txn.cw_path) path,url_dec",
      "http-request set-var(txn.cw_group) str(0)",
      "http-request set-var(txn.cw_casing) str(0)",
      "http-request set-var(txn.cw_fold) str(0)",
    ]
      + groups.flatMap { index, group in
        let pattern = RoutePattern.below(group.path)
        let below = HAProxyText.matches("var(txn.cw_path)", pattern)
        let folded = HAProxyText.matches("var(txn.cw_path)", pattern, ignoringCase: true)
        return [
          "http-request set-var(txn.cw_group) str(\(index + 1)) if \(below)",
          "http-request set-var(txn.cw_casing) str(\(group.fold)) if \(below)",
          "http-request set-var(txn.cw_fold) str(\(group.fold)) if \(folded)",
        ]
      } + [
        "http-request deny deny_status 400 unless { var(txn.cw_casing),strcmp(txn.cw_fold) eq 0 }"
      ]
  }

  /// Who the client is: `none`, `bad`, or `valid`.
  private var clientRules: [String] {
    guard routed.trust != nil else { return ["http-request set-var(txn.cw_client) str(none)"] }
    let numbers = issuers.enumerated().map { index, text in
      "http-request set-var(txn.cw_issuer) str(\(index + 1))"
        + " if { ssl_c_i_dn(,0,rfc2253) -m str -- \(HAProxyText.quoted(text)) }"
    }
    return [
      "# The client: of the trust bundle's own, and not refused.",
      "http-request set-var(txn.cw_issuer) str(0)",
    ] + numbers + [
      "http-request set-var-fmt(txn.cw_mark) \"%[var(txn.cw_issuer)] %[ssl_c_serial,hex]\"",
      "http-request set-var-fmt(txn.cw_who)"
        + " \"%[var(txn.cw_issuer)] %[ssl_c_s_dn(,0,rfc2253)]\"",
      "http-request set-var(txn.cw_client) str(bad)",
      "http-request set-var(txn.cw_client) str(none) if !{ ssl_c_used }",
      "http-request set-var(txn.cw_client) str(valid) if { ssl_c_used } { ssl_c_verify 0 }"
        + " !\(HAProxyText.equals("issuer", "0"))"
        + " !{ var(txn.cw_mark) -m str -f \(absolute(refusedFile)) }",
    ]
  }

  private func holds(_ list: IdentityList) -> String {
    "{ var(txn.cw_who) -m str -f \(absolute(file(list))) }"
  }

  /// The first route of the path that takes this client.
  private var routeRules: [String] {
    routed.groups.enumerated().flatMap { index, group in
      group.routes.map { routed.routes[$0] }.map { route in
        let only = route.only.map { " \(HAProxyText.equals("client", "valid")) \(holds($0))" } ?? ""
        return "http-request set-var(txn.cw_route) str(\(route.index))"
          + " if \(HAProxyText.equals("group", "\(index + 1)"))"
          + " !{ var(txn.cw_route) -m found }\(only)"
      }
    } + ["http-request deny deny_status 403 unless { var(txn.cw_route) -m found }"]
  }

  private var policyRules: [String] {
    routed.routes.flatMap { route -> [String] in
      let deny =
        "http-request deny deny_status 403 if \(HAProxyText.equals("route", "\(route.index)"))"
      let valid = HAProxyText.equals("client", "valid")
      let source = route.sources.map { _ in "\(deny) !{ src -f \(absolute(sourceFile(route))) }" }
      let client: String? =
        switch route.verify {
        case .none: nil
        case .optional: "\(deny) \(HAProxyText.equals("client", "bad"))"
        case .required: "\(deny) !\(valid)"
        }
      let allow = route.allow.map { "\(deny) \(valid) !\(holds($0))" }
      return [source, client, allow].compactMap(\.self)
    }
  }

  private var headerRules: [String] {
    let open = routed.routes.filter { $0.verify == .none }.map { "\($0.index)" }
    let seen = open.isEmpty ? "" : " !{ var(txn.cw_route) -m str \(open.joined(separator: " ")) }"
    let identified = " if \(HAProxyText.equals("client", "valid"))\(seen)"
    let identity = [
      (IdentityHeader.verify, "SUCCESS"), (IdentityHeader.subject, "%[ssl_c_s_dn(,0,rfc2253)]"),
      (IdentityHeader.issuer, "%[ssl_c_i_dn(,0,rfc2253)]"),
      (IdentityHeader.serial, "%[ssl_c_serial,hex]"),
      (IdentityHeader.fingerprint, "%[ssl_c_sha1,hex,lower]"),
      (IdentityHeader.certificate, ":%[ssl_c_der,base64]:"),
    ]
    let forwarded = [
      ("X-Real-IP", "%[src]"), ("X-Forwarded-For", "%[src]"), ("X-Forwarded-Proto", "https"),
      ("X-Forwarded-Host", "%[req.fhdr(host)]"), ("X-Forwarded-Port", "%[dst_port]"),
      (IdentityHeader.verify, "NONE"),
    ]
    return ["# Whatever the client sends under these names is not about the client."]
      + HAProxyListener.removed.map { "http-request del-header '\($0)' -m reg" }
      + forwarded.map { "http-request set-header \($0.0) \($0.1)" }
      + (routed.trust == nil
        ? [] : identity.map { "http-request set-header \($0.0) \($0.1)\(identified)" })
  }

  /// The names of ``IdentityHeader`` and everything like them; HAProxy holds names in lower case.
  private static let removed = [
    "^(x[-_])?ssl[-_]client([-_]|$)", "^x[-_]client[-_]",
    "^client[-_]cert([-_]|$)", "^(x[-_])?forwarded([-_]|$)", "^x[-_](real[-_]ip|ssl[-_]cert)$",
  ]

  private var targets: [String] {
    routed.routes.map { route in
      let condition = "if \(HAProxyText.equals("route", "\(route.index)"))"
      return route.upstreams.isEmpty
        ? "http-request return status 200 content-type text/plain string \"ok\\n\" \(condition)"
        : "use_backend \(backend(route)) \(condition)"
    }.sorted { $0.hasPrefix("http-request") && !$1.hasPrefix("http-request") }
  }

  private var backends: String {
    routed.routes.filter { !$0.upstreams.isEmpty }.map { route in
      let servers = route.upstreams.enumerated().map { "  server s\($0 + 1) \($1) check\n" }
      return "backend \(backend(route)) from \(view.prefix)\n" + servers.joined() + "\n"
    }.joined()
  }
}
