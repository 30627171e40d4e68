/**
 * The containers and raw streams that ffmpeg may open, by its own names. All of them hold their
 * audio themselves: playlists and lists of other files (hls, dash, concat, sdp …) are left out, so
 * that no media can make ffmpeg open what the caller did not name. Names that a version does not
 * know do no harm.
 */
export const demuxers = [
  // video and audio containers
  'mov,matroska,webm,avi,asf,asf_o,flv,live_flv,kux,mpeg,mpegts,mpegtsraw,vob,svcd,dvd,nut,mxf,gxf',
  'wtv,rm,ivr,nuv,nsv,dv,pva,ty,swf,3gp,ogg,ogv,oga,mtv,film_cpk,roq,smk,bink,wc3movie,ea,mm,4xm',
  // audio containers
  'wav,w64,aiff,au,caf,flac,mp3,aac,ac3,eac3,ac4,dts,dtshd,truehd,mlp,loas,latm,amr,amrnb,amrwb',
  'ape,wv,tta,tak,mpc,mpc8,shn,ofr,dsf,iff,voc,ircam,nistsphere,paf,pvf,sds,sol,sox,rso,svag,xa',
  'xwma,avr,gsm,qcp,oma,act,aea,g722,g723_1,g726,g726le,g729,ilbc,lvf,msf,dss,codec2,sbc,aptx',
  'aptx_hd,dfpwm,osq,apac,bonk,wsd,xvag,spdif,s337m,tun,hca,adx,vqf,epaf,hcom,nc,ast,brstm,bfstm',
].join(',');
