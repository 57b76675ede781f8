"""Mail that comes back: delivery status notifications as servers write them."""

DSN = """From: MAILER-DAEMON@{server} (Mail Delivery System)
To: alur@contoh.id
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="batas"

--batas
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--batas
Content-Type: message/delivery-status

Reporting-MTA: dns; {server}
X-Postfix-Queue-ID: 4F2

Final-Recipient: rfc822; sari@contoh.id
Original-Recipient: rfc822;sari@contoh.id
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <sari@contoh.id>: Recipient address rejected

--batas
Content-Type: {kind}

From: alur@contoh.id
To: sari@contoh.id
Subject: Permohonan
Message-ID: {message_id}

Isi.
--batas--
"""


def dsn(
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    kind: str = "message/rfc822",
    server: str = "mx.contoh.id",
) -> bytes:
    text = DSN.format(message_id=message_id, action=action, status=status, kind=kind, server=server)
    return text.replace("\n", "\r\n").encode()
