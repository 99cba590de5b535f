# A clinic on a server: signing in and out, and how this computer stands with it.
sign-in-to-clinic = Sign in to your clinic
sign-in-to-clinic-text = It is kept on a server. You need an account or an invite.
sign-in-text = SafeTalk fetches the clinic to this computer, encrypted, and works without the network too.
have-invite = I have an invite
have-account = I have an account
server-address = Address of the server
server-address-hint = Your clinic knows it, for example sync.example.org
sign-in-code = Code
sign-in-code-hint = The 6 digits of your authenticator app, or one of your recovery codes
which-clinic = Which clinic?
invite-link = Invite link
invite-link-hint = All of it, as it was given to you. A link for a new password works here too
invite-email-hint = The address that was invited
choose-password = Choose a password
choose-password-hint = At least { $n } characters. If you have an account there already, its password.
sign-in = Sign in
use-invite = Accept and sign in
fetching = Your clinic is being fetched
fetching-text = This happens once. You may close SafeTalk at any time; it begins again when you open it.
fetched = { $n ->
    [one] { $n } entry so far
   *[other] { $n } entries so far
}
line-goes-on = It goes on by itself as soon as that is over.
line-address = This is not an address of a server.
line-not_secure = The address must begin with https://. SafeTalk sends nothing unencrypted.
line-no_invite = This is not an invite link. Please copy all of it, from “http” to its end.
line-unreachable = The server is out of reach. Is this computer on the network?
line-timed_out = The server did not answer in time.
line-foreign = What answered is not a SafeTalk server. Does this network ask you to sign in first, or is the address another?
line-certificate = The server could not prove who it is: this computer does not trust its certificate.
line-clock = The server's certificate is not valid today. Is the clock of this computer right?
line-busy = The server has too much to do, or was asked too often. Please wait a little.
line-broken = Something broke on the server.
line-keychain = The keychain of this computer is locked, or did not answer. Unlock it; SafeTalk then goes on by itself.
line-signed_out = Your sign-in has run out. Sign in again: nothing on this computer is lost.
line-revoked = This computer was signed out by a person of your clinic, or by you elsewhere. Sign in again: nothing on this computer is lost.
line-lost = This computer was reported lost or stolen, and is not let in any more.
line-suspended = You may not work in this clinic at the moment. Please ask who manages its members.
line-not_allowed = The server does not let this computer do that. Please ask who manages the clinic's members.
line-too_old = This SafeTalk is too old for the server. Please install the newest version; what you do meanwhile is kept.
line-wrong = The address, the password or the code is not right.
line-code_wanted = Please type the code of your second step as well.
line-link_gone = This link was used already or has run out. If you have chosen a password, sign in; if not, ask for a new link.
line-weak_password = A password has 10 to 256 characters.
line-other_member = This is somebody else's account. On this computer the clinic waits for the person who worked in it before.
line-not_permitted = You do not have the permission for this on the server.
line-gone = The server does not know this, or does not know it any more.
line-no_account = This member has no account yet. Invite them instead.
line-other_clinics = This account works in other clinics too, so one clinic cannot reset its password.
line-wrong_code = This code is not right, or was used already. Wait for the next one.
offline = Offline
offline-since = Offline since { $when }
not-in-step = Not in step with the server
changes-wait = { $n ->
    [one] { $n } change waits
   *[other] { $n } changes wait
}
line-needs-you = Changes do not reach the server
sign-in-again = Sign in again
toast-signed-in = Signed in. What waited is on its way.
tab-account = Account
account-member = Signed in as
account-state = State
in-step = In step with the server
in-step-since = In step with the server · { $when }
sign-in-again-text = Your own account, on this computer: what waits here stays and goes to the server then.
sign-out = Sign out
sign-out-text = The clinic is taken off this computer; it stays on the server. What waits is sent first.
sign-out-waits = Not everything is done yet
sign-out-changes = { $n ->
    [0] { "" }
    [one] { $n } change has not reached the server.
   *[other] { $n } changes have not reached the server.
}
sign-out-refused = { $n ->
    [0] { "" }
    [one] { $n } change could not be done and waits for you on the Dashboard.
   *[other] { $n } changes could not be done and wait for you on the Dashboard.
}
sign-out-keeps = If you sign out now, this stays on this computer, encrypted, until you sign in here again.
stay-signed-in = Stay signed in
mail-by-server = Your clinic is on a server. The server keeps this account and sends the messages, also while this computer is off.
password-server = Handed over to the server, which keeps it encrypted and shows it to nobody
password-kept-server = The server has one. Leave empty to keep it.
notice-cause-server_away = Your clinic's server is out of reach. The message goes when the server has it.
fault-server_away = Your clinic's server is out of reach, and this is kept there. Nothing was changed; try again when you are online.
fault-server_sends_none = Your clinic's server does not send messages to clients. Whoever runs the server can switch that on; until then please tell your clients yourself, or by WhatsApp.
backup-on-server = Your clinic is on a server, and whoever runs the server makes its backups. This computer holds an encrypted copy; it needs no recovery key.
trouble-connected-do = The clinic itself is on its server. Sign in again, and it is fetched anew; what is on this computer now is put aside. Changes that had not reached the server are in it.
fault-on_server = This clinic is on a server: this is done there.
have-reset-link = I have a link for a new password
reset-link = Link for a new password
reset-link-hint = All of it, as it was given to you. The password above is the account's then
second-step = Second step
second-step-off = Signing in asks for your password only. With a second step it also asks for a code of an authenticator app on your phone.
second-step-on = { $n ->
    [one] Signing in also asks for a code of your authenticator app. { $n } recovery code is left.
   *[other] Signing in also asks for a code of your authenticator app. { $n } recovery codes are left.
}
second-step-secret = Type this key into your authenticator app, or open the address on the device the app is on. Then type the code that the app shows.
secret = Key
secret-address = The key as an address
first-code = Code
first-code-hint = The 6 digits that the app shows now
turn-on = Turn on
turn-off = Turn off
codes-text = Keep these recovery codes where your phone is not. Each signs you in once when you have no app at hand. They are not shown again.
recovery-codes = Recovery codes
save-as-file = Save as a file
codes-kept = I have kept them
dialog-save-codes = Save the recovery codes
codes-file = SafeTalk recovery codes
own-computers = Your computers
needs-server = This is asked of the server.
computer = Computer
computers = Computers
last-used = Last used
never = Never
this-computer = This computer
no-computers = No computer has signed in yet.
end-sign-in = Revoke
end-sign-in-question = End this computer's sign-in?
why-end = What happened?
ended-signed_out = Signed out
ended-lost_or_stolen = Lost or stolen
signed_out-text = It is let in no more until its owner signs in there again. What it holds stays on it, encrypted, and changes that wait there stay too.
lost_or_stolen-text = For good. As soon as it reaches the server, what it holds of the clinic is erased, with changes that had not reached the server.
