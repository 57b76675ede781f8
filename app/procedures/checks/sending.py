"""Automation and notices: known actions, recipients, channels and texts."""

from app.domain.placeholders import PLACEHOLDERS, unknown_in
from app.procedures.actions import ACTIONS, CHANNELS, TRAIL_WORDS
from app.procedures.checks.rows import check_role, known_step
from app.procedures.checks.subject import Subject
from app.procedures.checks.words import check_condition, check_value
from app.procedures.model.notices import NoticeRule
from app.procedures.places import Place, nearest


def check_sending(subject: Subject) -> None:
    _check_noted(subject)
    _check_reopenings(subject)
    if subject.procedure.follow_up is not None:
        place = subject.root.at("kasus_lanjutan").at("jika")
        check_condition(subject, subject.procedure.follow_up.when, "", subject.saying(place))
    used = _check_automation(subject) | _check_notices(subject)
    for name, place in subject.root.items("templat"):
        if name not in used:
            subject.findings.at(place, f"Templat '{name}' tidak dipakai.", warning=True)
        _check_text(subject, place)


def _check_reopenings(subject: Subject) -> None:
    """A case that goes on there must be able to end: whatever is joined on the way must come from there too."""
    results = {outcome.result for outcome in subject.procedure.outcomes.values()}
    for place in subject.root.each("buka_kembali"):
        for result in place.each("hasil"):
            if result.data not in results:
                message = f"Hasil '{result.data}' tidak ada di hasil_akhir.{nearest(result.data, results)}"
                subject.findings.at(result, message)
        for role in place.each("peran"):
            check_role(subject, role, str(role.data))
        step = place.text("langkah")
        known_step(subject, place.at("langkah"), step)
        if step not in subject.user_steps:
            continue
        reached = {step, *subject.reached_from(step)}
        for join in sorted(reached):
            sources = {flow.source for flow in subject.spec.flows if flow.target == join}
            if subject.spec.elements[join].kind == "parallel" and sources - reached:
                message = f"Dari '{step}' kasus macet di gerbang gabung '{join}'."
                subject.findings.at(place.at("langkah"), f"{message} Pilih langkah sebelum alurnya berpisah.")


def _check_noted(subject: Subject) -> None:
    for place in subject.root.each("jejak"):
        word = place.text("catat")
        if word not in TRAIL_WORDS:
            known = ", ".join(TRAIL_WORDS)
            message = f"'{word}' tidak dikenal jejak.{nearest(word, TRAIL_WORDS)} Yang ada: {known}."
            subject.findings.at(place.at("catat"), message)
    for (condition, _), place in zip(subject.procedure.noted, subject.root.each("jejak"), strict=False):
        check_condition(subject, condition, "", subject.saying(place.at("jika")))


def _check_automation(subject: Subject) -> set[str]:
    services = {step.id for step in subject.procedure.steps.values() if step.kind == "service"}
    for step in sorted(services - subject.procedure.automation.keys()):
        line = subject.spec.elements[step].line
        subject.in_diagram(line, f"Kotak bergerigi '{step}' belum ada di otomatis (ikmt).")
    used = set()
    for step, place in subject.root.items("otomatis"):
        if step not in services and not subject.is_doubtful(step):
            message = f"'{step[:60]}' bukan kotak bergerigi di diagram.{nearest(step, services)}"
            subject.findings.at(place, message)
        _check_action(subject, place)
        if place.has("templat"):
            used.add(place.text("templat"))
            _check_template(subject, place)
        if place.has("kepada"):
            _check_recipients(subject, place)
    return used


def _check_action(subject: Subject, place: Place) -> None:
    action = place.text("kerjakan")
    if action not in ACTIONS:
        known = ", ".join(ACTIONS)
        message = f"Pekerjaan '{action}' tidak dikenal.{nearest(action, ACTIONS)} Yang ada: {known}."
        subject.findings.at(place.at("kerjakan"), message)
        return
    given = place.data.keys() - {"kerjakan"}
    for missing in sorted(key for key, must in ACTIONS[action].items() if must and key not in given):
        subject.findings.at(place, f"Pekerjaan '{action}' memerlukan kunci '{missing}'.")
    for unknown in sorted(given - ACTIONS[action].keys()):
        message = f"Pekerjaan '{action}' tidak mengenal kunci '{unknown}'.{nearest(unknown, ACTIONS[action])}"
        subject.findings.at(place.at(unknown), message)


def _check_notices(subject: Subject) -> set[str]:
    rules = iter(subject.procedure.notices)
    for place in subject.root.each("pemberitahuan"):
        rule = next(rules, None)
        if rule is None:
            break
        _check_occasion(subject, rule, place.at("saat"))
        _check_recipients(subject, place)
        _check_template(subject, place)
        if place.has("pesan_dari"):
            known_step(subject, place.at("pesan_dari"), place.text("pesan_dari"))
        if rule.digest and not (rule.on == "dibuka" and all(to.startswith("peran ") for to in rule.to)):
            subject.findings.at(place.at("rangkum"), "rangkum hanya untuk '<langkah> dibuka' kepada peran.")
        for channel in place.each("kanal"):
            if channel.data not in CHANNELS:
                known = ", ".join(sorted(CHANNELS))
                message = f"Kanal '{channel.data}' tidak dikenal.{nearest(channel.data, CHANNELS)} Yang ada: {known}."
                subject.findings.at(channel, message)
    return {rule.template for rule in subject.procedure.notices}


def _check_occasion(subject: Subject, rule: NoticeRule, place: Place) -> None:
    if rule.on == "dibuka_kembali":
        return
    if rule.on == "ditutup":
        results = {outcome.result for outcome in subject.procedure.outcomes.values()}
        if rule.value and rule.value not in results:
            message = f"Hasil '{rule.value}' tidak ada di hasil_akhir.{nearest(rule.value, results)}"
            subject.findings.at(place, message)
        return
    if subject.is_doubtful(rule.step):
        return
    if rule.step not in subject.procedure.steps:
        message = f"Langkah '{rule.step}' tidak ada di diagram.{nearest(rule.step, subject.procedure.steps)}"
        subject.findings.at(place, message)
    elif rule.on == "jawaban":
        field = subject.fields(rule.step).get("keputusan")
        if field is None:
            subject.findings.at(place, f"Formulir {rule.step} tidak punya isian 'keputusan'.")
        else:
            check_value(field, rule.value, subject.saying(place))


def _check_recipients(subject: Subject, place: Place) -> None:
    for recipient in place.each("kepada"):
        words = str(recipient.data).split()
        match words:
            case ["pemohon"]:
                pass
            case ["pelaku", step]:
                known_step(subject, recipient, step)
            case ["pelaku", step, "atau", other]:
                known_step(subject, recipient, step)
                known_step(subject, recipient, other)
            case ["peran", role]:
                check_role(subject, recipient, role)
            case _:
                subject.findings.at(recipient, "Tulis pemohon, pelaku <langkah>, atau peran <peran>.")


def _check_template(subject: Subject, place: Place) -> None:
    name, known = place.text("templat"), subject.procedure.templates
    if name not in known:
        subject.findings.at(place.at("templat"), f"Templat '{name}' tidak ada di templat.{nearest(name, known)}")


def _check_text(subject: Subject, place: Place) -> None:
    additions = list(place.each("tambahan"))
    for at in (place.at("judul"), place.at("isi"), *(addition.at("isi") for addition in additions)):
        for word in unknown_in(str(at.data)):
            message = f"Kata {{{word[:40]}}} tidak dikenal.{nearest(word, PLACEHOLDERS)}"
            subject.findings.at(at, f"{message} Yang ada: {', '.join(PLACEHOLDERS)}.")
    template = subject.procedure.templates[place.path[-1]] if place.path else None  # type: ignore[index]
    for (condition, _), addition in zip(template.additions if template else (), additions, strict=False):
        check_condition(subject, condition, "", subject.saying(addition.at("jika")))
