import PKI

/// How far a moment is away, for people: the largest two units that say it.
enum TimeRemark {
  /// `89 days left`, `expired 3 hours ago`
  static func end(_ end: Timestamp, at now: Timestamp) -> String {
    end >= now
      ? "\(distance(end.seconds - now.seconds)) left"
      : "expired \(distance(now.seconds - end.seconds)) ago"
  }

  /// `in 12 days`, `2 hours ago`
  static func moment(_ moment: Timestamp, at now: Timestamp) -> String {
    moment >= now
      ? "in \(distance(moment.seconds - now.seconds))"
      : "\(distance(now.seconds - moment.seconds)) ago"
  }

  static func distance(_ seconds: Int) -> String {
    switch seconds {
    case 172_800...: Reason.count(seconds / 86_400, "day")
    case 7_200...: Reason.count(seconds / 3_600, "hour")
    case 120...: Reason.count(seconds / 60, "minute")
    default: Reason.count(seconds, "second")
    }
  }
}
