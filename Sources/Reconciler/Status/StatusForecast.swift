import PKI

/// What happens if the job never runs again, for people and machines.
extension StatusReport {
  private static let longestForecast = 10

  var forecastText: String {
    guard let first = forecast.first else { return "" }
    let shown = forecast.prefix(Self.longestForecast)
    let more = forecast.count - shown.count
    let table = TextTable(shown.map(row)).lines.map { "  \($0)\n" }.joined()
    return "if nothing runs again, \(name(first)) \(verb(first.everyone)) everyone"
      + " at \(first.everyone.time) (\(TimeRemark.moment(first.everyone.time, at: now)))\n"
      + table + (more > 0 ? "  and \(more) more\n" : "")
  }

  private func verb(_ end: AccessForecast.End) -> String {
    end.time <= now ? "refuses" : "will refuse"
  }

  private func name(_ forecast: AccessForecast) -> String {
    "\(forecast.listener.proxy):\(forecast.listener.socket)"
  }

  private func row(_ forecast: AccessForecast) -> [String] {
    [
      name(forecast), "everyone from \(forecast.everyone.time)",
      forecast.everyone.cause.sentence,
      forecast.someone.map { "some clients from \($0.time): \($0.cause.sentence)" } ?? "",
    ]
  }
}

extension AccessForecast {
  var json: JSON {
    .members([
      ("proxy", .string(listener.proxy.text)), ("listener", .string(listener.socket)),
      ("software", .string(software.rawValue)), ("refuses_everyone", everyone.json),
      ("refuses_someone", someone?.json),
    ])
  }
}

extension AccessForecast.End {
  fileprivate var json: JSON {
    .members([
      ("at", .string(time.description)), ("cause", .string(cause.code.word)),
      ("name", cause.code.name.map { .string($0.text) }), ("message", .string(cause.sentence)),
    ])
  }
}
