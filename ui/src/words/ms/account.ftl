# Klinik pada pelayan: log masuk dan keluar, dan kedudukan komputer ini dengannya.
sign-in-to-clinic = Log masuk ke klinik anda
sign-in-to-clinic-text = Klinik disimpan pada pelayan. Anda perlu akaun atau jemputan.
sign-in-text = SafeTalk mengambil klinik ke komputer ini, disulitkan, dan berfungsi tanpa rangkaian juga.
have-invite = Saya ada jemputan
have-account = Saya ada akaun
server-address = Alamat pelayan
server-address-hint = Klinik anda mengetahuinya, contohnya sync.example.org
sign-in-code = Kod
sign-in-code-hint = 6 digit daripada aplikasi pengesah anda, atau salah satu kod pemulihan anda
which-clinic = Klinik yang mana?
invite-link = Pautan jemputan
invite-link-hint = Keseluruhannya, seperti yang diberikan kepada anda
invite-email-hint = Alamat yang dijemput
choose-password = Pilih kata laluan
choose-password-hint = Sekurang-kurangnya { $n } aksara. Jika anda sudah ada akaun di sana, kata laluannya.
sign-in = Log masuk
use-invite = Terima dan log masuk
fetching = Klinik anda sedang diambil
fetching-text = Ini berlaku sekali sahaja. Anda boleh menutup SafeTalk pada bila-bila masa; ia bermula semula apabila dibuka.
fetched = { $n } entri setakat ini
line-goes-on = Ia diteruskan dengan sendirinya sebaik sahaja itu selesai.
line-address = Ini bukan alamat pelayan.
line-not_secure = Alamat mesti bermula dengan https://. SafeTalk tidak menghantar apa-apa tanpa penyulitan.
line-no_invite = Ini bukan pautan jemputan. Sila salin keseluruhannya, daripada “http” hingga akhir.
line-unreachable = Pelayan tidak dapat dicapai. Adakah komputer ini pada rangkaian?
line-timed_out = Pelayan tidak menjawab dalam masanya.
line-foreign = Yang menjawab bukan pelayan SafeTalk. Adakah rangkaian ini meminta anda log masuk dahulu, atau alamatnya lain?
line-certificate = Pelayan tidak dapat membuktikan siapa dirinya: komputer ini tidak mempercayai sijilnya.
line-clock = Sijil pelayan tidak sah hari ini. Adakah jam komputer ini betul?
line-busy = Pelayan terlalu sibuk, atau terlalu kerap diminta. Sila tunggu sebentar.
line-broken = Sesuatu rosak pada pelayan.
line-keychain = Rantai kunci komputer ini dikunci, atau tidak menjawab. Buka kuncinya; SafeTalk kemudian meneruskannya sendiri.
line-signed_out = Log masuk anda telah tamat tempoh. Log masuk lagi: tiada apa pada komputer ini hilang.
line-revoked = Komputer ini telah dilog keluar oleh seseorang di klinik anda, atau oleh anda di tempat lain. Log masuk lagi: tiada apa pada komputer ini hilang.
line-lost = Komputer ini telah dilaporkan hilang atau dicuri, dan tidak dibenarkan masuk lagi.
line-suspended = Anda tidak boleh bekerja di klinik ini buat masa ini. Sila tanya pengurus ahlinya.
line-not_allowed = Anda tidak boleh melihat seluruh klinik ini, dan SafeTalk belum dapat menunjukkan sebahagian daripadanya. Sila minta daripada pengurus ahlinya hak untuk melihat semua sesi dan klien.
line-too_old = SafeTalk ini terlalu lama untuk pelayan. Sila pasang versi terbaharu; apa yang anda buat sementara itu disimpan.
line-wrong = Alamat, kata laluan atau kod tidak betul.
line-code_wanted = Sila taip juga kod langkah kedua anda.
line-link_gone = Pautan ini sudah digunakan atau telah tamat tempoh. Jika anda sudah memilih kata laluan, log masuk; jika belum, minta pautan baharu.
line-weak_password = Kata laluan mempunyai 10 hingga 256 aksara.
line-other_member = Ini akaun orang lain. Pada komputer ini klinik menunggu orang yang bekerja di dalamnya sebelum ini.
offline = Luar talian
offline-since = Luar talian sejak { $when }
not-in-step = Tidak seiring dengan pelayan
changes-wait = { $n } perubahan menunggu
line-needs-you = Perubahan tidak sampai ke pelayan
sign-in-again = Log masuk lagi
server-sends-none = { $n } mesej kepada klien tidak akan dihantar
server-sends-none-text = Klinik anda pada pelayan, dan pelayan belum menghantar mesej. Sila maklumkan klien anda sendiri.
toast-signed-in = Sudah log masuk. Apa yang menunggu sedang dihantar.
tab-account = Akaun
account-member = Log masuk sebagai
account-state = Keadaan
in-step = Seiring dengan pelayan
in-step-since = Seiring dengan pelayan · { $when }
sign-in-again-text = Akaun anda sendiri, pada komputer ini: apa yang menunggu di sini kekal dan kemudian pergi ke pelayan.
sign-out = Log keluar
sign-out-text = Klinik dikeluarkan daripada komputer ini; ia kekal pada pelayan. Apa yang menunggu dihantar dahulu.
sign-out-waits = Belum semuanya selesai
sign-out-changes = { $n ->
    [0] { "" }
   *[other] { $n } perubahan belum sampai ke pelayan.
}
sign-out-refused = { $n ->
    [0] { "" }
   *[other] { $n } perubahan tidak dapat dibuat dan menunggu anda pada Papan Pemuka.
}
sign-out-keeps = Jika anda log keluar sekarang, ini kekal pada komputer ini, disulitkan, sehingga anda log masuk di sini lagi.
stay-signed-in = Kekal log masuk
mail-on-server = Klinik anda pada pelayan, dan pelayan belum menghantar mesej kepada klien. Sila maklumkan mereka sendiri, atau melalui WhatsApp.
backup-on-server = Klinik anda pada pelayan, dan sesiapa yang mengendalikan pelayan membuat sandarannya. Komputer ini menyimpan salinan yang disulitkan; ia tidak memerlukan kunci pemulihan.
trouble-connected-do = Klinik itu sendiri ada pada pelayannya. Log masuk lagi, dan ia diambil semula; apa yang ada pada komputer ini sekarang diketepikan. Perubahan yang belum sampai ke pelayan ada di dalamnya.
fault-on_server = Klinik ini pada pelayan: ini dibuat di sana.
