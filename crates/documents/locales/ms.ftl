# Apa yang dibaca oleh klien. Lihat ulasan dalam en.ftl: tiada perkhidmatan, kepakaran, nama terapis,
# nama bilik atau catatan, dan dalam subjek nama klinik pun tidak.

greeting = Salam sejahtera { $name },
greeting-nameless = Salam sejahtera,

booked-subject = Janji temu pada { $day }
booked = Janji temu anda telah ditempah:
series-booked-subject = { $n } janji temu mulai { $day }
series-booked = Janji temu anda telah ditempah:
series-cancelled-subject = { $n } janji temu mulai { $day } dibatalkan
series-cancelled = Janji temu anda telah dibatalkan. Masa asalnya:

rescheduled-subject = Janji temu dipindahkan ke { $day }
rescheduled = Janji temu anda telah dijadualkan semula. Masa baharu:
rescheduled-before = Sebelum ini:
moved-place-subject = Janji temu pada { $day }: butiran berubah
moved-place = Butiran janji temu anda telah berubah. Masanya tetap sama:

cancelled-subject = Janji temu pada { $day } dibatalkan
cancelled = Janji temu anda telah dibatalkan. Masa asalnya:

restored-subject = Janji temu pada { $day } diteruskan
restored = Janji temu anda diteruskan seperti biasa:

duration-subject = Janji temu pada { $day }: masa tamat baharu
duration = Masa tamat janji temu anda telah berubah. Masa sekarang:

reminder-subject = Peringatan: janji temu pada { $day }
reminder = Ini ialah peringatan untuk janji temu anda:

invoice-subject = Invois { $number }
invoice = Berikut ialah butiran invois { $number }.
invoice-amount = Jumlah: { $amount }
invoice-due = Sila bayar sebelum atau pada: { $date }
invoice-how = Cara membayar:

test-subject = Mesej ujian
test = Jika anda dapat membaca mesej ini, e-mel daripada { $clinic } berfungsi.

place-online = Dalam talian: { $link }
place-at = Tempat: { $place }
remark = Catatan untuk anda:
questions = Jika ada pertanyaan, sila hubungi { $phone }.
questions-no-phone = Jika ada pertanyaan, sila balas mesej ini.

calendar-title = Janji temu
calendar-phone = Pertanyaan: { $phone }

sheet-title = Kunci pemulihan
sheet-clinic = Klinik: { $clinic }
sheet-date = Dibuat pada: { $date }
sheet-what = Dengan kunci ini, data klinik dan salinan sandarannya boleh dibuka pada komputer lain, atau apabila komputer ini kehilangan kuncinya sendiri.
sheet-warning = Sesiapa yang memegang helaian ini serta salinan data boleh membaca semuanya. Simpan bersama dokumen penting seperti pasport, jauh daripada komputer, dan jangan tunjukkan kepada sesiapa.
sheet-lost = Tanpa kunci ini dan tanpa komputer tersebut, tiada sesiapa dapat membuka data itu lagi. Kami juga tidak dapat.
sheet-key = Kunci, kumpulan demi kumpulan:

date-long = { $weekday }, { $day } { $month } { $year }
date-short = { $weekday } { $day } { $month }
moment = { $date }, { $times }
time-am = { $time } PG
time-pm = { $time } PTG

weekday-1 = Isnin
weekday-2 = Selasa
weekday-3 = Rabu
weekday-4 = Khamis
weekday-5 = Jumaat
weekday-6 = Sabtu
weekday-7 = Ahad
weekday-short-1 = Isn
weekday-short-2 = Sel
weekday-short-3 = Rab
weekday-short-4 = Kha
weekday-short-5 = Jum
weekday-short-6 = Sab
weekday-short-7 = Ahd

month-1 = Januari
month-2 = Februari
month-3 = Mac
month-4 = April
month-5 = Mei
month-6 = Jun
month-7 = Julai
month-8 = Ogos
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Disember
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mac
month-short-4 = Apr
month-short-5 = Mei
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Ogo
month-short-9 = Sep
month-short-10 = Okt
month-short-11 = Nov
month-short-12 = Dis
