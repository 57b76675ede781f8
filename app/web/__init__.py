"""HTTP only: parse, call one service, render. One module per room."""

from flask import Blueprint, Flask

from app.web import templating
from app.web.accounts.akun import akun
from app.web.accounts.auth import auth
from app.web.accounts.data_saya import data_saya
from app.web.accounts.dua_langkah import dua_langkah
from app.web.accounts.keamanan import keamanan
from app.web.accounts.lupa_sandi import lupa_sandi
from app.web.accounts.pendaftaran import pendaftaran
from app.web.accounts.pendaftaran_surat import pendaftaran_surat
from app.web.accounts.pengaturan import pengaturan
from app.web.accounts.permintaan_data import permintaan_data
from app.web.admin.cuti import admin_cuti
from app.web.admin.data_incidents import data_incidents
from app.web.admin.incidents import incidents
from app.web.admin.kalender import admin_kalender
from app.web.admin.kantor import admin_kantor
from app.web.admin.kiriman import admin_kiriman
from app.web.admin.kode import admin_kode
from app.web.admin.pemberitahuan import admin_pemberitahuan
from app.web.admin.pengumuman import admin_pengumuman
from app.web.admin.penolakan import penolakan
from app.web.admin.petugas import admin_petugas
from app.web.admin.start import admin
from app.web.audit.auditing import auditing
from app.web.desk.bagi import bagi
from app.web.desk.blokir import desk_blokir
from app.web.desk.bulk import desk_bulk
from app.web.desk.catatan import catatan
from app.web.desk.cetak import cetak
from app.web.desk.data_warga import data_warga
from app.web.desk.inbox import desk
from app.web.desk.jawaban_siap import jawaban_siap
from app.web.desk.kk_lama import kk_lama
from app.web.desk.letters import desk_letters
from app.web.desk.loket import loket
from app.web.desk.mailbox import demo_mailbox
from app.web.desk.pause import desk_pause
from app.web.desk.pencarian import pencarian
from app.web.desk.pintasan import pintasan
from app.web.desk.saringan import saringan
from app.web.desk.tanda_tangan import tanda_tangan
from app.web.desk.task import desk_task
from app.web.kait import kait
from app.web.portal.baris import baris
from app.web.portal.cetakan import cetakan
from app.web.portal.diskusi import diskusi
from app.web.portal.draf import draf
from app.web.portal.files import files
from app.web.portal.konsultasi import konsultasi
from app.web.portal.langkah import langkah
from app.web.portal.pemberitahuan import pemberitahuan
from app.web.portal.penarikan import penarikan
from app.web.portal.permohonan import permohonan
from app.web.portal.pin import pin
from app.web.portal.portal import portal
from app.web.public.hukum import hukum
from app.web.public.pages import public_pages
from app.web.public.penilaian import penilaian
from app.web.supervisor.laporan import pantau_laporan
from app.web.supervisor.pantau import pantau

BLUEPRINTS: tuple[Blueprint, ...] = (
    public_pages,
    hukum,
    auth,
    lupa_sandi,
    akun,
    pendaftaran,
    pendaftaran_surat,
    keamanan,
    dua_langkah,
    portal,
    pemberitahuan,
    pin,
    pengaturan,
    data_saya,
    permintaan_data,
    data_warga,
    permohonan,
    draf,
    baris,
    langkah,
    penarikan,
    konsultasi,
    penilaian,
    diskusi,
    jawaban_siap,
    files,
    cetakan,
    desk,
    desk_task,
    desk_blokir,
    desk_bulk,
    tanda_tangan,
    bagi,
    desk_letters,
    desk_pause,
    catatan,
    pencarian,
    saringan,
    pintasan,
    cetak,
    kk_lama,
    data_incidents,
    pantau,
    pantau_laporan,
    demo_mailbox,
    incidents,
    admin,
    admin_kalender,
    admin_kantor,
    admin_kiriman,
    admin_kode,
    admin_pemberitahuan,
    admin_pengumuman,
    admin_petugas,
    admin_cuti,
    penolakan,
    auditing,
    loket,
    kait,
)


def init_app(app: Flask) -> None:
    templating.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
