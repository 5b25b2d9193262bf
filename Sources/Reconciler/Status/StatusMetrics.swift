import PKI

extension StatusReport {
  /// The report in Prometheus' text format, for a textfile collector. Times are seconds since 1970.
  package var prometheus: String {
    var page = MetricPage()
    page.add(
      "certwright_up", "Whether every CRL is fresh and no current certificate has expired.",
      [([], health == .error ? 0 : 1)])
    page.add(
      "certwright_last_run_timestamp_seconds", "When the newest run was signed.",
      [([], lastRun.time.seconds)])
    page.add(
      "certwright_suspended", "Whether new changes are suspended.",
      [([], suspension == nil ? 0 : 1)])
    page.add(
      "certwright_certificate_not_after_timestamp_seconds",
      "The last second of the current certificate of a declared name.",
      certificates.map { (labels($0), $0.notAfter.seconds) })
    page.add(
      "certwright_certificate_renewal_timestamp_seconds",
      "When the current certificate of a declared name is due for renewal.",
      certificates.map { (labels($0), $0.renewAt.seconds) })
    page.add(
      "certwright_crl_next_update_timestamp_seconds", "The last second for which a CRL speaks.",
      revocationLists.compactMap { list in list.nextUpdate.map { (labels(list), $0.seconds) } })
    page.add(
      "certwright_crl_number", "The number of the newest CRL of an authority's key.",
      revocationLists.compactMap { list in list.number.map { (labels(list), $0) } })
    page.add(
      "certwright_crl_entries", "Certificates on the newest CRL of an authority's key.",
      revocationLists.map { (labels($0), $0.entryCount) })
    page.add(
      "certwright_first_refusal_timestamp_seconds",
      "When the first listener refuses everyone, if nothing is signed until then.",
      forecast.prefix(1).map { ([], $0.everyone.time.seconds) })
    page.add(
      "certwright_listener_refusal_timestamp_seconds",
      "When a listener refuses everyone, if nothing is signed until then.",
      forecast.map { (labels($0), $0.everyone.time.seconds) })
    page.add(
      "certwright_listener_partial_refusal_timestamp_seconds",
      "When a listener refuses the clients of some authority, if nothing is signed until then.",
      forecast.map { (labels($0), ($0.someone ?? $0.everyone).time.seconds) })
    page.add(
      "certwright_changes", "Changes by what they wait for.",
      [
        ([("state", "due")], due.count), ([("state", "drift")], drift.count),
        ([("state", "pending")], pending.count), ([("state", "blocked")], blocked.count),
        ([("state", "finding")], findings.count),
      ])
    return page.text
  }

  private func labels(_ certificate: Certificate) -> [(String, String)] {
    [("name", certificate.name.text), ("kind", certificate.kind)]
  }

  private func labels(_ forecast: AccessForecast) -> [(String, String)] {
    [
      ("proxy", forecast.listener.proxy.text), ("listener", forecast.listener.socket),
      ("software", forecast.software.rawValue),
    ]
  }

  private func labels(_ list: RevocationList) -> [(String, String)] {
    [("authority", list.authority.text), ("issuer_key", list.key.hex)]
  }
}

/// Families of gauges in the text exposition format. Names and values of ours need no escaping:
/// they hold neither quotes nor backslashes nor line feeds.
private struct MetricPage {
  private(set) var text = ""

  mutating func add(
    _ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: Int)]
  ) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
    for sample in samples {
      let labels = sample.labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
      text += name + (labels.isEmpty ? "" : "{\(labels)}") + " \(sample.value)\n"
    }
  }
}
