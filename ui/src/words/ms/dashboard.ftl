no-sessions-today = Tiada sesi hari ini
untold = Belum dimaklumkan
nothing-needs-attention = Tiada yang perlu perhatian
open-message = Buka
was-whatsapp-sent = Adakah WhatsApp kepada { $client } dihantar?
draft-not-opened = WhatsApp kepada { $client } belum dibuka
it-was-sent = Sudah dihantar
not-sent = Tidak dihantar
could-not-be-done = Tidak dapat dibuat: { $what }
dealt-with = Sudah diuruskan
overdue-invoice = Invois { $number } bagi { $client } lewat dibayar
overdue-text = { $amount }, perlu dibayar { $date }
open-invoice = Buka invois
unconfirmed = { $n ->
    [one] { $n } sesi dalam 24 jam belum disahkan
   *[other] { $n } sesi dalam 24 jam belum disahkan
}
open-day = Buka hari itu
backup-old = Sandaran baik yang terakhir lebih lama daripada tiga hari
backup-last = Sandaran terakhir: { $when }
backup-choose = Pilih folder untuk sandaran
backup-why = Tanpanya, cakera yang rosak membawa semuanya pergi.
backup-never = Belum ada sandaran
back-up-now = Buat sandaran sekarang
choose-folder = Pilih folder
messages-wait = { $n } mesej menunggu.
waits-for-internet = { $n ->
    [one] { $n } mesej menunggu internet.
   *[other] { $n } mesej menunggu internet.
}
mail-held = { $n ->
    [one] { $n } mesej tidak dapat dihantar keluar
   *[other] { $n } mesej tidak dapat dihantar keluar
}
mail-settings = Tetapan e-mel
try-now = Cuba sekarang
set-up-mail = Sediakan e-mel
choose-waiting = Mesej telah lama menunggu. Pilih yang masih perlu dihantar.
open-messages = Buka mesej
demo-clinic = Ini klinik demo. Tiada apa keluar daripadanya: mesej ditunjukkan dan bukan dihantar.
wanted-when = Diminta: { $when }
book-again = Tempah masa lain
open-session = Buka sesi
open-client = Buka klien
wanted-settings = Tetapan klinik
wanted-therapist = Ahli terapi
wanted-room = Bilik
wanted-service = Perkhidmatan
wanted-hours = Waktu bekerja
wanted-time_off = Cuti
wanted-no_time_off = Cuti ditarik balik
wanted-new_client = Klien baharu
wanted-edit_client = Rekod klien
wanted-book = Sesi baharu
wanted-book_series = Sesi-sesi baharu
wanted-cancel = Batalkan Sesi
wanted-cancel_series = Ulangan ditarik balik
wanted-restore = Pulihkan Sesi
wanted-reschedule = Jadual Semula Sesi
wanted-modify_duration = Ubah Tempoh
wanted-no_show = No Show
wanted-undo_no_show = Buat Asal No Show
wanted-confirm = Tanda disahkan
wanted-unconfirm = Tanda belum disahkan
wanted-remark = Catatan
wanted-remind = Peringatan
wanted-record_message = Apa yang terjadi kepada mesej
wanted-tell_personally = Saya sendiri memberitahu
wanted-retry_message = Hantar semula
wanted-drop_message = Gugurkan mesej
wanted-draft_invoice = Draf invois
wanted-issue_invoice = Keluarkan invois
wanted-pay_invoice = Bayaran
wanted-take_back_payment = Bayaran ditarik balik
wanted-void_invoice = Batalkan invois
wanted-send_invoice = Hantar invois
wanted-member = Ahli
wanted-bring_member_back = Bawa balik ahli
wanted-suspend_member = Gantung ahli
wanted-remove_member = Keluarkan ahli
wanted-reassign_clients = Agih semula klien
wanted-subscription = Langganan
