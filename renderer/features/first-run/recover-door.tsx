export function RecoverDoor() { return null; }
