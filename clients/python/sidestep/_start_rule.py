"""Whether a daemon may be started: not in the stead of one that should be there."""

from __future__ import annotations

from ._places import GROUP, SYSTEM_SOCKET, NoPlace, Places


def start_refusal(
    places: Places, wish: str, named: tuple[str, str] | None, names_own: bool
) -> NoPlace | None:
    """Return why no daemon may be started, or None when one may be.

    `wish` is never, usual or always; `named` a socket and what named it.
    """
    if wish == "never":
        command = f"sidestepd --socket {named[0]}" if named else "sidestepd --user"
        return NoPlace(
            "no daemon is started: SIDESTEP_AUTOSTART is 0", f"start one with: {command}"
        )
    if named is not None and not names_own:
        path, origin = named
        if path == SYSTEM_SOCKET:
            hint = "start the machine's daemon: systemctl start sidestepd.socket"
        else:
            hint = f"start one with: sidestepd --socket {path}; or name no socket, to use your own"
        return NoPlace(f"none is started at a socket that was named ({origin})", hint)
    unit = places.user_unit()
    if unit is not None:
        return NoPlace(
            f"none is started beside your unit ({unit})",
            "systemctl --user start sidestepd.socket; `loginctl enable-linger` keeps it "
            "without a login",
        )
    uses = places.uid == 0 or places.is_member()
    stands_in = places.serves_machine() and (uses or places.own_database() is None)
    if wish != "usual" or not (stands_in or (places.has_system_unit() and uses)):
        return None
    cure = (
        "start it: systemctl start sidestepd.socket"
        if uses
        else f"join its group (adduser NAME {GROUP}) and log in anew"
    )
    return NoPlace(
        "none is started in the stead of the machine's daemon",
        f"{cure}; SIDESTEP_AUTOSTART=1 starts one of your own, with a database of its own",
    )
