import ArgumentParser
import PKI

/// How a plan is shown. All forms are made of the saved document alone, so that `plan` and `show`
/// give the same.
enum PlanFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case markdown
  case json
  case html
  case gitlab

  func render(_ plan: PlanDocument, isColored: Bool) -> String {
    switch self {
    case .text: PlanText(isColored: isColored).render(plan)
    case .markdown: PlanMarkdown().render(plan)
    case .json: plan.json.pretty
    case .html: PlanHTML().render(plan)
    case .gitlab: PlanWidget().render(plan)
    }
  }
}
