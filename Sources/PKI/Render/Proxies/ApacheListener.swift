/// The virtual host and the list files of one listener.
struct ApacheListener {
  let view: ProxyView
  let routed: RoutedListener
  private let issuers: [String]

  init(view: ProxyView, routed: RoutedListener) {
    self.view = view
    self.routed = routed
    issuers = routed.trust?.issuers(.utf8) ?? []
  }

  /// What a `Listen` line takes; a port alone is IPv4 and IPv6.
  static func sockets(of listener: Listener) -> [String] {
    [listener.address.map { "\($0.inURL):\(listener.port)" } ?? "\(listener.port)"]
  }

  private func balancer(_ route: EffectiveRoute) -> String {
    "\(view.prefix)_\(routed.id)_\(route.index)"
  }

  var text: String {
    let address = routed.listener.address.map(\.inURL) ?? "*"
    let lines =
      names + tls + proxying + rewriting + nameRules + pathRules + clientRules + routeRules
      + policyRules + targets + headers
    return balancers + "<VirtualHost \(address):\(routed.listener.port)>\n"
      + lines.map { "  \($0)\n" }.joined() + "</VirtualHost>\n\n"
  }

  // MARK: - Files

  var files: [BundleFile] {
    guard routed.trust != nil else { return [] }
    let refused = view.refusedEntries(issuers, .utf8).map { $0.replacing(" ", with: "-") }
    return [BundleFile(path: refusedFile, text: ApacheText.map(refused))]
      + routed.lists.map { list in
        BundleFile(
          path: file(list),
          content: view.rendered(list, issuers, .utf8, as: Self.render).content)
      }
  }

  private static func render(_ entries: [IdentityList.Entry]) -> RenderedList {
    let keys = entries.flatMap { entry in
      ApacheText.keys(entry.subject).sorted().map { "\(entry.issuer)-\($0)" }
    }
    return RenderedList(ApacheText.map(keys), count: entries.count)
  }

  private var refusedFile: String { "lists/\(routed.id)_refused.txt" }
  private func file(_ list: IdentityList) -> String { "lists/\(list.id).txt" }
  private func absolute(_ path: String) -> String { "\(view.directory)/\(path)" }

  // MARK: - TLS

  private var names: [String] {
    let names =
      routed.server.dnsNames.filter(ServerName.isPlain) + routed.server.addresses.map(\.inURL)
    let main = names.first { !$0.hasPrefix("*") } ?? "localhost"
    return ["ServerName \(main)"]
      + names.filter { $0 != main }.map { "ServerAlias \($0)" }
  }

  private var tls: [String] {
    [
      "Protocols http/1.1",
      "SSLEngine on",
      "SSLCertificateFile \(absolute(routed.serverFile))",
      "SSLCertificateKeyFile \(absolute(routed.serverFile)).key",
      "SSLProtocol -all +TLSv1.2 +TLSv1.3",
      "SSLCipherSuite \(TLSPolicy.ciphers)",
      "SSLSessionTickets off",
    ] + clientOptions
  }

  private var clientOptions: [String] {
    guard let trust = routed.trust else { return ["SSLVerifyClient none"] }
    return [
      "SSLCACertificateFile \(absolute(trust.certificatesFile))",
      "SSLCARevocationFile \(absolute(trust.revocationListsFile))",
      "# A CRL file alone is not looked at.",
      "SSLCARevocationCheck chain",
      "SSLVerifyClient \(routed.handshake == .required ? "require" : "optional")",
      "# Counts the root too.",
      "SSLVerifyDepth \(max(1, trust.material.depth))",
    ]
  }

  private var proxying: [String] {
    [
      "TraceEnable off", "LimitRequestBody 0", "AllowEncodedSlashes NoDecode",
      "ProxyRequests Off", "ProxyPreserveHost On", "ProxyAddHeaders Off",
    ]
  }

  private var balancers: String {
    routed.routes.filter { !$0.upstreams.isEmpty }.map { route in
      let members = route.upstreams.map {
        "  BalancerMember http://\($0) connectiontimeout=5 timeout=60 retry=5 ttl=30\n"
      }.joined()
      return "<Proxy balancer://\(balancer(route))>\n\(members)</Proxy>\n"
    }.joined()
  }

  // MARK: - Rules

  /// A rule that sets variables of the request.
  private func set(_ variables: String, if conditions: [String] = [], path: String = "\"^\"")
    -> [String]
  {
    conditions.map { "RewriteCond \($0)" } + ["RewriteRule \(path) - [\(variables)]"]
  }

  private func equals(_ variable: String, _ word: String) -> String {
    "%{ENV:CW_\(variable)} =\(word)"
  }

  private var rewriting: [String] {
    ["RewriteEngine On", "RewriteMap escape int:escape"]
      + (routed.trust == nil
        ? []
        : [(refusedFile, "refused")].map { "RewriteMap \($0.1) txt:\(absolute($0.0))" }
          + routed.lists.map { "RewriteMap \($0.id) txt:\(absolute(file($0)))" })
  }

  private var nameRules: [String] {
    let hosts =
      routed.server.dnsNames.map(RoutePattern.host)
      + routed.server.addresses.map { RoutePattern.literal($0.inURL) }
    let pattern = ApacheText.pattern(
      "!^(?:(?:" + Set(hosts).sorted().joined(separator: "|") + ")(?::[0-9]+)?)?$")
    return ["# Requests for another server."]
      + set("R=421,L", if: ["%{SSL:SSL_TLS_SNI} \(pattern) [NC]"])
      + set("R=421,L", if: ["%{HTTP_HOST} \(pattern) [NC]"])
  }

  private var pathRules: [String] {
    let target = ApacheText.pattern("^[^ ]+ (?:https?://[^/?# ]*)?([^ ?]*)")
    let groups = routed.groups.enumerated().reversed().flatMap { index, group in
      let pattern = ApacheText.pattern(RoutePattern.below(group.path))
      return set("E=CW_GROUP:\(index + 1),E=CW_CASING:\(group.fold)", path: pattern)
        + set("NC,E=CW_FOLD:\(group.fold)", path: pattern)
    }
    return ["# Paths that two programs could read differently."]
      + set(
        "R=400,L",
        if: [
          "%{THE_REQUEST} \(target)", "%1 \(ApacheText.pattern(RoutePattern.ambiguous)) [NC]",
        ]) + set("E=CW_GROUP:0,E=CW_CASING:0,E=CW_FOLD:0,E=CW_ROUTE:none") + groups
      + set("R=400,L", if: ["%{ENV:CW_CASING}:%{ENV:CW_FOLD} \"!^([0-9]+):\\1$\""])
  }

  /// Who the client is: `none`, `bad`, or `valid`.
  private var clientRules: [String] {
    guard routed.trust != nil else { return set("E=CW_CLIENT:none") }
    let numbers = issuers.enumerated().flatMap { index, text in
      set(
        "E=CW_ISSUER:\(index + 1)", if: ["%{SSL:SSL_CLIENT_I_DN} \(ApacheText.exactly(text))"])
    }
    return ["# The client: of the trust bundle's own, and not refused."]
      + set("E=CW_CLIENT:bad,E=CW_ISSUER:0")
      + set("E=CW_CLIENT:none", if: ["%{SSL:SSL_CLIENT_VERIFY} =NONE"]) + numbers
      + set(
        "E=CW_CLIENT:valid",
        if: [
          "%{SSL:SSL_CLIENT_VERIFY} =SUCCESS", "%{ENV:CW_ISSUER} \"^[1-9]\"",
          "\"${refused:%{ENV:CW_ISSUER}-%{SSL:SSL_CLIENT_M_SERIAL}|no}\" =no",
        ])
  }

  private func holds(_ list: IdentityList) -> String {
    "\"${\(list.id):%{ENV:CW_ISSUER}-${escape:%{SSL:SSL_CLIENT_S_DN}}|no}\""
  }

  /// The first route of the path that takes this client.
  private var routeRules: [String] {
    routed.groups.enumerated().flatMap { index, group in
      group.routes.map { routed.routes[$0] }.flatMap { route in
        let only = route.only.map { [equals("CLIENT", "valid"), holds($0) + " =yes"] } ?? []
        return set(
          "E=CW_ROUTE:\(route.index)",
          if: [equals("GROUP", "\(index + 1)"), equals("ROUTE", "none")] + only)
      }
    } + set("F,L", if: [equals("ROUTE", "none")])
  }

  private var policyRules: [String] {
    routed.routes.flatMap { route -> [String] in
      let here = equals("ROUTE", "\(route.index)")
      let source = route.sources.map { ranges in
        let inside = ranges.map { "-R '\($0.printed)'" }.joined(separator: " || ")
        return set("F,L", if: [here, "expr \"!(\(inside.isEmpty ? "false" : inside))\""])
      }
      let client: [String]? =
        switch route.verify {
        case .none: nil
        case .optional: set("F,L", if: [here, equals("CLIENT", "bad")])
        case .required: set("F,L", if: [here, "%{ENV:CW_CLIENT} !=valid"])
        }
      let allow = route.allow.map {
        set("F,L", if: [here, equals("CLIENT", "valid"), holds($0) + " !=yes"])
      }
      let identified =
        route.verify == .none
        ? nil : set("E=CW_IDENTIFIED:1", if: [here, equals("CLIENT", "valid")])
      return [source, client, allow, identified].compactMap(\.self).flatMap(\.self)
    }
  }

  /// The path goes on as it came, byte for byte; mod_rewrite adds the query by itself.
  private var targets: [String] {
    let target = ApacheText.pattern("^[^ ]+ (?:https?://[^/?# ]*)?([^ ?]*)")
    return routed.routes.flatMap { route -> [String] in
      let here = equals("ROUTE", "\(route.index)")
      guard !route.upstreams.isEmpty else { return set("R=200,L", if: [here]) }
      return ["RewriteCond \(here)", "RewriteCond %{THE_REQUEST} \(target)"]
        + ["RewriteRule \"^\" \"balancer://\(balancer(route))%1\" [P,NE,L]"]
    } + set("F,L")
      + (routed.routes.contains(where: \.upstreams.isEmpty) ? ["ErrorDocument 200 \"ok\""] : [])
  }

  // MARK: - Headers

  private var headers: [String] {
    let forwarded = [
      ("X-Real-IP", "expr=%{REMOTE_ADDR}"), ("X-Forwarded-For", "expr=%{REMOTE_ADDR}"),
      ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "expr=%{HTTP_HOST}"),
      ("X-Forwarded-Port", "\(routed.listener.port)"), (IdentityHeader.verify, "NONE"),
    ]
    let identity = [
      (IdentityHeader.verify, "SUCCESS"), (IdentityHeader.subject, "%{SSL_CLIENT_S_DN}s"),
      (IdentityHeader.issuer, "%{SSL_CLIENT_I_DN}s"),
      (IdentityHeader.serial, "%{SSL_CLIENT_M_SERIAL}s"),
      (IdentityHeader.certificate, "%{SSL_CLIENT_CERT}s"),
    ]
    let certificate = IdentityHeader.certificate
    // mod_proxy drops every header that Connection names, and it does so after this.
    return [
      "# Nobody but this proxy says which headers end here.",
      "RequestHeader edit Connection \"(?i)^.*close.*$\" close",
      "RequestHeader edit Connection \"^(?!close$).*$\" \"\"",
      "Include \(absolute(ApacheBundle.removedFile))",
    ]
      + forwarded.map { "RequestHeader set \($0.0) \"\($0.1)\"" }
      + (routed.trust == nil
        ? []
        : identity.map { "RequestHeader set \($0.0) \"\($0.1)\" env=CW_IDENTIFIED" } + [
          "RequestHeader edit* \(certificate) \"(-----BEGIN CERTIFICATE-----|"
            + "-----END CERTIFICATE-----|\\\\s)\" \"\" env=CW_IDENTIFIED",
          "RequestHeader edit \(certificate) \"^(.+)$\" \":$1:\" env=CW_IDENTIFIED",
        ] + ApacheFingerprint.lines(absolute(ApacheFingerprint.file.path)))
  }
}
