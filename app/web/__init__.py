"""HTTP only: parse, call one service, render. One module per room."""

from flask import Blueprint, Flask

from app.web import templating
from app.web.admin import admin
from app.web.admin_cuti import admin_cuti
from app.web.admin_kalender import admin_kalender
from app.web.admin_kantor import admin_kantor
from app.web.admin_kiriman import admin_kiriman
from app.web.admin_kode import admin_kode
from app.web.admin_pemberitahuan import admin_pemberitahuan
from app.web.admin_pengumuman import admin_pengumuman
from app.web.admin_petugas import admin_petugas
from app.web.akun import akun
from app.web.auditing import auditing
from app.web.auth import auth
from app.web.bagi import bagi
from app.web.baris import baris
from app.web.catatan import catatan
from app.web.cetak import cetak
from app.web.cetakan import cetakan
from app.web.data_incidents import data_incidents
from app.web.data_saya import data_saya
from app.web.data_warga import data_warga
from app.web.desk import desk
from app.web.desk_blokir import desk_blokir
from app.web.desk_bulk import desk_bulk
from app.web.desk_letters import desk_letters
from app.web.desk_pause import desk_pause
from app.web.desk_task import desk_task
from app.web.diskusi import diskusi
from app.web.draf import draf
from app.web.dua_langkah import dua_langkah
from app.web.files import files
from app.web.hukum import hukum
from app.web.incidents import incidents
from app.web.jawaban_siap import jawaban_siap
from app.web.kait import kait
from app.web.keamanan import keamanan
from app.web.kk_lama import kk_lama
from app.web.konsultasi import konsultasi
from app.web.langkah import langkah
from app.web.loket import loket
from app.web.lupa_sandi import lupa_sandi
from app.web.mailbox import demo_mailbox
from app.web.pantau import pantau
from app.web.pantau_laporan import pantau_laporan
from app.web.pemberitahuan import pemberitahuan
from app.web.penarikan import penarikan
from app.web.pencarian import pencarian
from app.web.pendaftaran import pendaftaran
from app.web.pendaftaran_surat import pendaftaran_surat
from app.web.pengaturan import pengaturan
from app.web.penilaian import penilaian
from app.web.penolakan import penolakan
from app.web.permintaan_data import permintaan_data
from app.web.permohonan import permohonan
from app.web.pin import pin
from app.web.pintasan import pintasan
from app.web.portal import portal
from app.web.public import public_pages
from app.web.saringan import saringan
from app.web.tanda_tangan import tanda_tangan

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
