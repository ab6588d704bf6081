/** Why a guard has no judgement; its message quotes no text that it looked at. */
export class GuardFailure extends Error {
  override readonly name = "GuardFailure";
}
