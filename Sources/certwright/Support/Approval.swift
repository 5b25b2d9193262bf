import PKI

/// Shows a plan and asks whether to carry it out.
struct Approval {
  let isAutomatic: Bool
  let isColored: Bool

  func ask(_ plan: Plan) throws -> Bool {
    try Terminal.writeResult(PlanText(isColored: isColored).render(plan.document))
    if isAutomatic { return true }
    try Terminal.writeResult("Carry this out? Only \"yes\" is taken as consent: ")
    let answer = readLine(strippingNewline: true)
    if answer == "yes" { return true }
    Terminal.writeError(
      answer == nil
        ? "error: nobody answered; --auto-approve carries out without asking"
        : "error: not approved, nothing was done")
    return false
  }
}
